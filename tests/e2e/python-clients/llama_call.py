"""A run by llama-index, with null for every parameter of the tool that is left out.

Usage: llama_call.py DIRECTORY NODE PROGRAM
"""
import asyncio
import os
import sys

from llama_index.tools.mcp import BasicMCPClient, McpToolSpec

OURS = {name: value for name, value in os.environ.items() if name.startswith('PYTHON_MCP_')}


async def main(directory, command, program):
    client = BasicMCPClient(command, args=[program], env=OURS)
    tools = await McpToolSpec(client=client).to_tool_list_async()
    run = next(tool for tool in tools if tool.metadata.name == 'py_run_script_in_dir')
    left_out = dict.fromkeys(run.metadata.fn_schema.model_fields)
    given = {'directory': directory, 'script_content': 'print(6 * 7)'}
    print((await run.acall(**{**left_out, **given})).content)


asyncio.run(main(*sys.argv[1:]))
