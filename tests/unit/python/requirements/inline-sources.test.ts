import { describe, expect, test } from 'vitest';
import { inlineSources, locate } from '../../../../src/python/requirements/inline-sources.ts';

const TORCH = 'https://torch.example/whl/cpu';
const NONE = { allowed: [], indexUrl: null };
const explicit = { name: 'torch-cpu', url: TORCH, explicit: true };

describe('an index of a script', () => {
  test('that no package names stops nothing, and is told', () => {
    const located = locate(['six'], inlineSources({ index: [explicit] }), NONE);
    expect(located).toEqual({
      indexes: [],
      requirements: ['six'],
      notes: [`${TORCH} of the script's metadata is not used by its packages.`],
    });
  });

  test('that one names is used when the settings allow it', () => {
    const sources = inlineSources({
      index: [explicit],
      sources: { Torch: { index: 'torch-cpu' } },
    });
    const allowed = { allowed: ['https://torch.example/'], indexUrl: null };
    expect(locate(['torch>=2'], sources, allowed).indexes).toEqual([TORCH]);
    expect(() => locate(['torch>=2'], sources, NONE)).toThrow('allowed_sources');
  });

  test('that is for all packages has to be allowed, unless it is the one in use', () => {
    const sources = inlineSources({ index: [{ url: 'https://index.example/simple/' }] });
    expect(() => locate(['six'], sources, NONE)).toThrow('index.example');
    const configured = { allowed: [], indexUrl: 'https://index.example/simple' };
    expect(locate(['six'], sources, configured)).toMatchObject({ indexes: [], notes: [] });
    expect(locate([], sources, NONE).indexes).toEqual([]);
    const plain = inlineSources({ 'extra-index-url': ['https://index.example/simple'] });
    expect(locate(['six'], plain, configured)).toMatchObject({ indexes: [], notes: [] });
  });
});

describe('a repository or address', () => {
  const sources = inlineSources({
    sources: {
      tool: { git: 'https://github.com/org/tool', tag: 'v1' },
      wheel: { url: 'https://wheels.example/wheel-1-py3-none-any.whl' },
      beside: { path: '../beside' },
    },
  });
  const allowed = {
    allowed: ['https://github.com/org', 'https://wheels.example'],
    indexUrl: null,
  };

  test('is used when the settings allow it', () => {
    const wanted = ['tool[all] ; python_version >= "3.9"', 'wheel'];
    expect(locate(wanted, sources, allowed).requirements).toEqual([
      'tool[all] @ git+https://github.com/org/tool@v1 ; python_version >= "3.9"',
      'wheel @ https://wheels.example/wheel-1-py3-none-any.whl',
    ]);
  });

  test('of a package that is not asked for stops nothing', () => {
    expect(locate(['six'], sources, NONE).requirements).toEqual(['six']);
  });

  test('is refused when it is not, naming the setting; a folder always', () => {
    expect(() => locate(['tool'], sources, NONE)).toThrow('allowed_sources');
    expect(() => locate(['beside'], sources, allowed)).toThrow('folder of another project');
  });

  test.each([
    'https://github.com/organisation/tool',
    'https://github.com/org/../evil/tool',
    'https://github.com/org/%2e%2e/evil',
    'https://github.com@evil.example/org/tool',
    'https://github.com/org/tool --index-url=x',
    'file:///etc',
  ])('%s only looks allowed', (git) => {
    const source = inlineSources({ sources: { tool: { git } } });
    expect(() => locate(['tool'], source, allowed)).toThrow('is not among those');
  });
});
