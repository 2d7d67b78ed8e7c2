import { expect, test } from 'vitest';
import { isMarker } from '../../../../src/python/requirements/markers.ts';

test.each([
  'python_version < "3.12"',
  "'3.8' <= python_version",
  '(os_name=="nt")',
  'os_name == "nt" and (sys_platform == "x" or extra == "y")',
  'platform_machine not in "a b"',
])('%s is a marker', (text) => expect(isMarker(text)).toBe(true));

test.each([
  '',
  'touch x',
  'python_version',
  'python_version <',
  'python_version < "3',
  '(os_name == "nt"',
  'os_name == "nt")',
  'os_name == "nt" os_name == "nt"',
  'os_name == "nt" and',
  'home == "x"',
  'os_name == "nt" # x',
])('%j is none', (text) => expect(isMarker(text)).toBe(false));
