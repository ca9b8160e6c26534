"""Byte streams: serial lines, MQTT, TCP, UDP, pseudo-terminals. The only home of asyncio under `flight`."""
