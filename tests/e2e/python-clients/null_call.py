"""A run by mcp-use, whose LangChain tools send null for each parameter that is left out.

Usage: null_call.py DIRECTORY NODE PROGRAM
"""
import asyncio
import os
import sys

from mcp_use import MCPClient
from mcp_use.agents.adapters.langchain_adapter import LangChainAdapter

OURS = {name: value for name, value in os.environ.items() if name.startswith('PYTHON_MCP_')}


async def main(directory, command, program):
    server = {'command': command, 'args': [program], 'env': OURS}
    client = MCPClient.from_dict({'mcpServers': {'python-mcp': server}})
    try:
        tools = await LangChainAdapter().create_tools(client)
        run = next(tool for tool in tools if tool.name.endswith('py_run_script_in_dir'))
        print(await run.ainvoke({'directory': directory, 'script_content': 'print(6 * 7)'}))
    finally:
        await client.close_all_sessions()


asyncio.run(main(*sys.argv[1:]))
