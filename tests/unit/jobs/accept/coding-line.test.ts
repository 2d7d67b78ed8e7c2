import { describe, expect, test } from 'vitest';
import { asUtf8Source } from '../../../../src/jobs/accept/coding-line.ts';

describe('the coding line of inline code', () => {
  test.for([
    ['# -*- coding: latin-1 -*-\nprint("é")', '# -*- coding: utf-8 -*-\nprint("é")'],
    [
      '#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n',
      '#!/usr/bin/python\n# vim: set fileencoding=utf-8 :\n',
    ],
    ['\n#coding:sjis', '\n#coding:utf-8'],
    ['#!/usr/bin/python\r\n# coding: ascii\r\n', '#!/usr/bin/python\r\n# coding: utf-8\r\n'],
  ])('%j names what the file is written in', ([source, written]) => {
    expect(asUtf8Source(source ?? '')).toBe(written);
  });

  test.for(['x = 1\n# coding: latin-1', 'print("coding: latin-1")', '#\n#\n# coding: latin-1', ''])(
    '%j has none',
    (source) => {
      expect(asUtf8Source(source)).toBe(source);
    },
  );
});
