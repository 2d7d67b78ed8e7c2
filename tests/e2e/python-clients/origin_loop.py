"""The loop of the incremental-output page, by a client library for Python. Prints what it was shown.

Usage: origin_loop.py mcp|fastmcp MODE DIRECTORY (NODE PROGRAM | URL TOKEN)
"""
import asyncio
import json
import os
import sys

CODE = 'import time\nfor i in range(5):\n    print("row", i)\n    time.sleep(0.2)\n'
OURS = {name: value for name, value in os.environ.items() if name.startswith('PYTHON_MCP_')}


def over_http(library, mode, url, token):
    headers = {'Authorization': f'Bearer {token}'}
    if library == 'fastmcp':
        from fastmcp import Client
        from fastmcp.client.transports import StreamableHttpTransport

        return Client(StreamableHttpTransport(url, headers=headers), mode=mode)
    from mcp import Client
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    http = create_mcp_http_client(headers=headers)
    return Client(streamable_http_client(url, http_client=http), mode=mode)


def over_stdio(library, mode, command, program):
    if library == 'fastmcp':
        from fastmcp import Client
        from fastmcp.client.transports import StdioTransport

        return Client(StdioTransport(command, [program], env=OURS), mode=mode)
    from mcp import Client, StdioServerParameters

    return Client(StdioServerParameters(command=command, args=[program], env=OURS), mode=mode)


def value_of(reply):
    data = getattr(reply, 'structured_content', None)
    return data if data is not None else json.loads(reply.content[0].text)


async def main(library, mode, directory, *server):
    connect = over_http if server[0].startswith('http') else over_stdio
    async with connect(library, mode, *server) as client:
        run = {
            'directory': directory,
            'script_content': CODE,
            'async_mode': True,
            'enable_streaming': True,
        }
        job = value_of(await client.call_tool('py_run_script_in_dir', run))['job_id']
        told = ''
        while True:
            asked = {'job_id': job, 'incremental': True}
            status = value_of(await client.call_tool('py_job_status', asked))
            told += status['job'].get('new_stdout', '')
            if status['job']['status'] not in ('pending', 'running') and not status['job'].get('more'):
                break
            await asyncio.sleep(0.1)
        print(json.dumps({'status': status['job']['status'], 'told': told}))


asyncio.run(main(*sys.argv[1:]))
