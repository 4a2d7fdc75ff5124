"""A Modbus TCP server for plugins/modbus/test: its tables hold what that test reads. usage: modbus-server.py PORT"""
import asyncio
import sys

from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import StartAsyncTcpServer


def block(size, values):
    """Places from address 0; the block counts from 1, as the protocol's data model does."""
    return ModbusSequentialDataBlock(1, [values.get(address, 0) for address in range(size)])


async def main(port):
    device = ModbusDeviceContext(
        co=block(16, {1: 1}),
        di=block(16, {3: 1}),
        hr=block(64, {10: 65535, 11: 65534, 12: 0x1234, 13: 0x5678}),
        # -70,000 and 21.75 as single precision
        ir=block(64, {20: 0xFFFE, 21: 0xEE90, 22: 0x41AE, 23: 0}),
    )
    context = ModbusServerContext(devices=device, single=True)
    await StartAsyncTcpServer(context, address=("127.0.0.1", port))


asyncio.run(main(int(sys.argv[1])))
