"""Boards that can stand in the computer's place: a process, two emulators, a serial port."""
