"""The same functions, compiled by numba (extra `fast`): no second source, and the same bits.

`functions` compiles a function and all that it calls, and lays the records of the onboard computer out in memory;
`computer` and `motion` put what it made behind the doors that the simulator knows.
"""
