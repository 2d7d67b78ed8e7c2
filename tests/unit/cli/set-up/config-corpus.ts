/** Configuration files as clients and people write them, by what is special about them. */

/** `@` stands for the table of servers. */
const JSON_BODIES: Record<string, string> = {
  'an empty object': '{}',
  'an empty object on lines': '{\n}\n',
  'an empty table': '{\n  "@": {}\n}\n',
  'an empty table on lines': '{\n  "@": {\n  }\n}\n',
  'no table': '{\n  "theme": "dark"\n}\n',
  'another server': '{\n  "@": {\n    "fs": {\n      "command": "npx"\n    }\n  }\n}\n',
  'two servers': '{\n  "@": {\n    "a": { "command": "x" },\n    "b": { "command": "y" }\n  }\n}\n',
  'a table before other keys': '{\n  "@": {\n    "a": {}\n  },\n  "z": 1\n}\n',
  'a table between other keys': '{\n  "a": 0,\n  "@": {\n    "a": {}\n  },\n  "z": 1\n}\n',
  'one line': '{"@":{"a":{"command":"x"}},"z":[1,2]}',
  'one line with blanks': '{ "@": { "a": { "command": "x" } }, "z": 1 }\n',
  tabs: '{\n\t"@": {\n\t\t"a": {}\n\t}\n}\n',
  'four blanks': '{\n    "@": {\n        "a": {}\n    }\n}\n',
  'lines of Windows': '{\r\n  "@": {\r\n    "a": {}\r\n  }\r\n}\r\n',
  'a byte order mark': '\ufeff{\n  "@": {\n    "a": {}\n  }\n}\n',
  'a byte order mark and lines of Windows': '\ufeff{\r\n  "@": {}\r\n}\r\n',
  'trailing commas': '{\n  "@": {\n    "a": { "command": "x", },\n  },\n}\n',
  'a comment above': '// mine\n{\n  "@": {\n    "a": {}\n  }\n}\n',
  'a comment behind a server': '{\n  "@": {\n    "a": {} // why\n  }\n}\n',
  'a comment in the table': '{\n  "@": {\n    // none yet\n  }\n}\n',
  'a comment that ends the table': '{\n  "@": {\n    "a": {}\n    // "off": {}\n  }\n}\n',
  'a block comment': '{\n  /* servers,\n     all */\n  "@": { /* here */ "a": {} }\n}\n',
  'a comment that looks like structure': '{\n  "@": {\n    "a": {} // }, {"b": {\n  }\n}\n',
  'a comment at the end': '{\n  "@": {}\n}\n// vim: ft=json\n',
  'strings that look like structure':
    '{\n  "a": "}{,\\"@\\": {",\n  "@": {\n    "b": { "command": "//" }\n  }\n}\n',
  'no line end': '{\n  "@": {\n    "a": {}\n  }\n}',
  'huge numbers':
    '{\n  "id": 12345678901234567890,\n  "f": 1.0e+400,\n  "z": 1.50,\n  "@": {\n    "a": {}\n  }\n}\n',
  escapes: '{\n  "a": "\\u00e9\\/\\ud83d\\ude00",\n  "@": {\n    "a": {}\n  }\n}\n',
  'other letters': '{\n  "größe": "日本語 😀",\n  "@": {\n    "ä": {}\n  }\n}\n',
  'a key twice': '{\n  "z": 1,\n  "z": 2,\n  "@": {\n    "a": {}\n  }\n}\n',
  'the table twice': '{\n  "@": {\n    "old": {}\n  },\n  "@": {\n    "a": {}\n  }\n}\n',
  'blank lines': '{\n\n  "@": {\n\n    "a": {}\n\n  }\n\n}\n\n',
  'odd indentation': '{\n "@":\n   {\n      "a" : {}\n   }\n}\n',
  'braces on lines of their own': '{\n  "@":\n  {\n    "a":\n    {\n    }\n  }\n}\n',
  'a server with everything':
    '{\n  "@": {\n    "a": {\n      "command": "x",\n      "args": ["-y", "p@1"],\n      "env": { "K": "v" },\n      "alwaysAllow": ["t"],\n      "disabled": false,\n      "timeout": 60\n    }\n  }\n}\n',
  'servers over HTTP':
    '{\n  "@": {\n    "web": {\n      "type": "http",\n      "url": "http://127.0.0.1:1/mcp",\n      "headers": { "Authorization": "Bearer ${T}" }\n    }\n  }\n}\n',
  'inputs of VS Code':
    '{\n  "inputs": [\n    { "id": "k", "type": "promptString", "password": true }\n  ],\n  "@": {\n    "a": { "env": { "K": "${input:k}" } }\n  }\n}\n',
  'projects of Claude Code':
    '{\n  "numStartups": 12,\n  "projects": {\n    "/p": {\n      "mcpServers": {\n        "python-mcp": { "command": "other" }\n      },\n      "history": []\n    }\n  },\n  "@": {}\n}\n',
  'settings of Zed':
    '// Zed settings\n{\n  "ui_font_size": 16,\n  "theme": {\n    "mode": "system",\n  },\n  "@": {\n    "a": {\n      "source": "custom",\n    },\n  },\n}\n',
  'null and empty values':
    '{\n  "a": null,\n  "b": [],\n  "c": "",\n  "@": {\n    "a": null\n  }\n}\n',
  'deep nesting':
    '{\n  "a": [[[[{ "b": [{ "@": { "x": 1 } }] }]]]],\n  "@": {\n    "a": {}\n  }\n}\n',
};

export const JSON_FILES: [what: string, text: (table: string) => string][] = Object.entries(
  JSON_BODIES,
).map(([what, text]) => [what, (table) => text.replaceAll('@', table)]);

export const TOML_FILES: [what: string, text: string][] = Object.entries({
  'a blank line': '\n',
  'a comment alone': '# nothing yet\n',
  'a key': 'model = "gpt"\n',
  'a key and a comment': 'model = "gpt" # mine\n',
  'no line end': 'model = "gpt"',
  'another server': '[mcp_servers.other]\ncommand = "x"\n',
  'two servers': '[mcp_servers.a]\ncommand = "x"\n\n[mcp_servers.b]\ncommand = "y"\n',
  'a table before it': 'model = "m"\n\n[tui]\ntheme = "dark"\n',
  'the table of servers': '[mcp_servers]\n',
  'the table of servers and one': '[mcp_servers]\n\n[mcp_servers.a]\ncommand = "x"\n',
  'an inline server': '[mcp_servers]\na = { command = "x", args = ["1"] }\n',
  'an inline table': 'mcp_servers = { a = { command = "x" } }\n',
  'an empty inline table': 'mcp_servers = {}\nmodel = "m"\n',
  'an inline table with a comment': 'mcp_servers = { a = { command = "x" } } # all\n[tui]\nx = 1\n',
  'dotted keys': 'mcp_servers.a.command = "x"\nmodel = "m"\n',
  'quoted keys': '[mcp_servers."my server"]\ncommand = "x"\n',
  'literal keys': "[mcp_servers.'my.server']\ncommand = 'C:\\x'\n",
  'blanks in headers': '[ mcp_servers . a ]\ncommand = "x"\n',
  'indented tables':
    '[mcp_servers]\n  [mcp_servers.a]\n  command = "x"\n    [mcp_servers.a.env]\n    K = "v"\n',
  'lines of Windows': 'model = "m"\r\n\r\n[mcp_servers.a]\r\ncommand = "x"\r\n',
  'a byte order mark': '\ufeffmodel = "m"\n',
  'comments everywhere':
    '# top\n[tui] # tui\n# in\nx = 1 # one\n\n# servers\n[mcp_servers.a] # a\ncommand = "x" # c\n# end\n',
  'a comment that looks like a header': 'x = 1\n# [mcp_servers.python-mcp]\n',
  'a string that looks like a header': 'x = """\n[mcp_servers.python-mcp]\ncommand = "no"\n"""\n',
  'literal strings of lines': "x = '''\n[a]\n'''\ny = 1\n",
  'quotes at the end of strings': 'x = """a"""""\ny = \'\'\'b\'\'\'\'\'\nz = 1\n',
  escapes: 'x = "a \\"b\\" \\u00e9 \\\\"\n',
  'other letters': 'x = "größe 日本語 😀"\n',
  'huge numbers':
    'x = 9223372036854775807\ny = 1_000_000\nz = 0xDEADBEEF\nf = 6.626e-34\ni = +inf\n',
  dates: 'a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = 07:32:00\n',
  'arrays on lines':
    'notify = [\n  "a", # first\n  "b",\n]\n[mcp_servers.a]\nargs = [\n  "x",\n  ["y", "]"],\n]\n',
  'arrays of tables':
    '[[hooks]]\nname = "a"\n\n[[hooks]]\nname = "b"\n\n[mcp_servers.a]\ncommand = "x"\n',
  'arrays of inline tables': 'points = [{ x = 1, y = "}" }, { x = 2, y = "#" }]\n',
  'tables behind the servers':
    '[mcp_servers.a]\ncommand = "x"\n\n[projects."/p"]\ntrust_level = "trusted"\n',
  'blank lines': '\n\nmodel = "m"\n\n\n[mcp_servers.a]\n\ncommand = "x"\n\n\n',
  'no blanks': 'model="m"\n[mcp_servers.a]\ncommand="x"\nargs=["1","2"]\n',
  'profiles of Codex':
    'model = "m"\napproval_policy = "on-request"\n\n[profiles.fast]\nmodel = "n"\n\n[shell_environment_policy]\ninherit = "core"\nset = { CI = "1" }\n',
  'a server with everything':
    '[mcp_servers.a]\ncommand = "x"\nargs = []\nenv_vars = ["T"]\nstartup_timeout_sec = 20.0\nenabled = false\n[mcp_servers.a.tools.t]\napproval_mode = "approve"\n',
  'a server over HTTP':
    '[mcp_servers.web]\nurl = "http://127.0.0.1:1/mcp"\nbearer_token_env_var = "T"\n',
  'a comment at the end': '[tui]\nx = 1\n# vim: ft=toml\n',
  'a server of a similar name': '[mcp_servers.python-mcp-old]\ncommand = "x"\n',
});

/** What no entry can be put into, and what is said of it. */
export const HOPELESS: [format: 'json' | 'toml', text: string, reason: string][] = [
  ['json', '[]', 'not a JSON object'],
  ['json', '"x"', 'not a JSON object'],
  ['json', '{', 'not a JSON object'],
  ['json', '{"a": 1 "b": 2}', 'not a JSON object'],
  ['json', "{'a': 1}", 'not a JSON object'],
  ['json', '{"mcpServers": 1}', '"mcpServers" is not an object'],
  ['json', '{"mcpServers": []}', '"mcpServers" is not an object'],
  ['json', '{"mcpServers": {"python-mcp": {"url": "u"}}}', 'connects to an address'],
  ['toml', 'x = ', 'not valid TOML'],
  ['toml', 'x = 1\nx = 2\n', 'not valid TOML'],
  ['toml', '[a\n', 'not valid TOML'],
  ['toml', 'mcp_servers = 1', '"mcp_servers" is not a table'],
  ['toml', '[[mcp_servers]]\n', '"mcp_servers" is not a table'],
  ['toml', '[mcp_servers.python-mcp]\nurl = "u"\n', 'connects to an address'],
];
