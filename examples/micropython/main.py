"""Telemetry of a small sounding rocket from any board that runs MicroPython: identity, imu_summary and navigation.

Copy this file to the board as main.py, and put your sensors into `Sensors.read`: as it stands a small flight is
computed there, so that the radio and the ground station can be rehearsed. BOARDS.md says what each byte means.

On a PC (`micropython main.py 10`) the bytes go to standard output, ten times as fast as they fall due; 0 keeps no time.
"""

import binascii
import math
import os
import struct
import sys
import time

FINGERPRINT = "94ebb6764b8e3a29"  # of the ground's dictionary: ./run firmware header writes it too
VEHICLE, PLAN, SOFTWARE, BOARD = "wren", "wren", "wren 1", "micropython"
PROTOCOL = 1
IDENTITY, NAVIGATION, END_OF_STREAM, IMU_SUMMARY = 1, 4, 10, 12  # APIDs
POWER_ON = COMPLETE = 0

# 53.65 N, 8.55 E, 2 m above the ellipsoid. On most boards a float has 24 bits, too few for a position in metres to be
# good to a centimetre, so positions are whole numbers of 1/1024 m.
SITE = (3836473937, 576788052, 5236481838)
UP = (0.5861291, 0.0881206, 0.8054113)
ATTITUDE = (0.8899062, 0.0336391, -0.4500114, 0.0665219)  # nose up: body x to `UP`


def frame(packet):
    """00 COBS(packet, CRC-32) 00."""
    body = packet + struct.pack("<I", binascii.crc32(packet))
    out = bytearray(b"\0\0")
    code = 1  # where the present group's length goes
    for byte in body:
        if byte:
            out.append(byte)
        else:
            out[code] = len(out) - code
            code = len(out)
            out.append(0)
    out[code] = len(out) - code
    out.append(0)
    return out


def f64(n):
    """n / 1024 as the eight bytes of a double, whatever a float is here; n has up to 53 bits."""
    if n == 0:
        return bytes(8)
    sign, n, exponent = (1, -n, 1065) if n < 0 else (0, n, 1065)
    while n < 1 << 52:
        n <<= 1
        exponent -= 1
    high = sign << 31 | exponent << 20 | (n >> 32) & 0xFFFFF
    return struct.pack(">II", high, n & 0xFFFFFFFF)


class Packets:
    """Makes packets: a space packet's headers and one msgpack array of fixed-width elements."""

    def __init__(self, boot_id):
        self.boot_id = boot_id
        self.counts = {}
        self.sent = 0

    def packet(self, apid, ticks, elements):
        """`ticks` is onboard time in 1/65536 s; `elements` are bytes, each with its msgpack tag."""
        count = self.counts.get(apid, 0)
        self.counts[apid] = count + 1 & 0x3FFF
        self.sent += 1
        body = bytes([0x90 | len(elements)]) + b"".join(elements)  # up to 15 elements; more begin with dc, 2 bytes
        size = 8 + len(body) - 1
        head = struct.pack(">HHHIHH", 0x0800 | apid, 0xC000 | count, size, ticks >> 16, ticks & 0xFFFF, self.boot_id)
        return frame(head + body)


def text(words, length):
    raw = words.encode()[:length]
    return bytes([0xD9, length]) + raw + bytes(length - len(raw))


def u8(value):
    return bytes([0xCC, value])


def u32(value):
    return b"\xce" + struct.pack(">I", value)


def f32(value):
    return b"\xca" + struct.pack(">f", value)


class Sensors:
    """Where your sensors go. Here a rocket of 10 kg flies straight up and comes down under a parachute."""

    IGNITION_S, BURN_S, THRUST_N, PROPELLANT_KG = 10.0, 3.0, 600.0, 2.0
    STEP_S = 0.01

    def __init__(self):
        self.time_s = self.height_m = self.speed_m_s = 0.0
        self.mass_kg = 10.0
        self.opened = self.landed = False
        self.state = 1
        self.forget()

    def forget(self):
        """After each summary."""
        self.sum, self.count, self.least, self.largest = 0.0, 0, 1e9, -1e9

    def read(self):
        """One step, 100 a second: new values of force, height, speed and pressure."""
        burning = self.IGNITION_S <= self.time_s < self.IGNITION_S + self.BURN_S
        thrust = self.THRUST_N if burning else 0.0
        if burning:
            self.mass_kg -= self.PROPELLANT_KG / self.BURN_S * self.STEP_S
        self.opened = self.opened or (self.height_m > 100.0 and self.speed_m_s < -5.0)
        drag_area = 0.9 if self.opened else 0.003
        density = 1.225 * math.exp(-self.height_m / 8500.0)
        drag = 0.5 * density * drag_area * self.speed_m_s * abs(self.speed_m_s)
        force = (thrust - drag) / self.mass_kg
        if self.height_m <= 0.0 and thrust < 9.81 * self.mass_kg:
            self.landed = self.time_s > self.IGNITION_S
            force, self.speed_m_s = 9.81, 0.0
        self.speed_m_s += (force - 9.81) * self.STEP_S
        self.height_m = max(0.0, self.height_m + self.speed_m_s * self.STEP_S)
        self.time_s += self.STEP_S
        force += 0.05 * self.noise()
        self.sum, self.count = self.sum + force, self.count + 1
        self.least, self.largest = min(self.least, force), max(self.largest, force)

    def pressure(self):
        """The barometer, Pa."""
        return 101301.0 * (1.0 - 2.2558e-5 * self.height_m) ** 5.2559 + 20.0 * self.noise()

    def noise(self):
        """-1 to 1. No real sensor repeats itself: one that does is reported as stuck."""
        self.state = self.state * 75 % 65537
        return self.state / 32768.0 - 1.0


def identity(time_rate):
    elements = [text(VEHICLE, 16), text(PLAN, 24), text(SOFTWARE, 24), text(BOARD, 16), text(FINGERPRINT, 16)]
    elements.extend((u8(PROTOCOL), u8(POWER_ON), f32(time_rate)))
    return elements


def imu_summary(sensors):
    mean = sensors.sum / max(1, sensors.count)
    return [f32(value) for value in (mean, sensors.least, sensors.largest, 0.0, sensors.pressure())]


def navigation(sensors):
    along = int(sensors.height_m * 1024.0)
    position = [b"\xcb" + f64(SITE[axis] + int(along * UP[axis])) for axis in range(3)]
    numbers = [sensors.speed_m_s * up for up in UP]
    numbers.extend(ATTITUDE)
    numbers.extend((0.0, 0.0, 0.0, sensors.pressure()))  # no attitude error: nothing steers
    return position + [f32(number) for number in numbers]


def open_port():
    """What takes the bytes: a UART on a board, standard output on a PC."""
    try:
        from machine import UART
    except ImportError:
        return sys.stdout.buffer
    return UART(1, 115200)  # some boards want its pins named too


def wait_until(began_ms, due_ms):
    """By the board's clock where it has one that counts milliseconds (MicroPython), else by Python's."""
    if hasattr(time, "ticks_ms"):
        time.sleep_ms(max(0, due_ms - time.ticks_diff(time.ticks_ms(), began_ms)))
    else:
        time.sleep(max(0.0, (began_ms + due_ms) / 1000.0 - time.monotonic()))


def fly(port, time_rate):
    """Sends until the rocket has lain on the ground for five seconds. `time_rate` 0 keeps no time."""
    packets, sensors = Packets(struct.unpack(">H", os.urandom(2))[0]), Sensors()
    began_ms = time.ticks_ms() if hasattr(time, "ticks_ms") else time.monotonic() * 1000.0
    step, landed_at = 0, 0
    while not landed_at or step < landed_at + 500:
        sensors.read()
        step += 1
        if sensors.landed and not landed_at:
            landed_at = step
        if time_rate:
            wait_until(began_ms, int(step * 10 / time_rate))
        ticks = (step * 65536 + 50) // 100
        if step % 100 == 1:
            port.write(packets.packet(IDENTITY, ticks, identity(time_rate)))
        if step % 20 == 0:
            port.write(packets.packet(IMU_SUMMARY, ticks, imu_summary(sensors)))
            sensors.forget()
            port.write(packets.packet(NAVIGATION, ticks, navigation(sensors)))
    port.write(packets.packet(END_OF_STREAM, ticks, [u8(COMPLETE), u32(packets.sent)]))
    if hasattr(port, "flush"):
        port.flush()


if __name__ == "__main__":
    fly(open_port(), float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
