"""The covariance of position, velocity and acceleration error along one axis, in plain floats.

R. G. Brown and P. Y. C. Hwang, Introduction to Random Signals and Applied Kalman Filtering, 4th edition, chapter 4.
"""

from __future__ import annotations

from flight.geodesy import Vector


class Covariance:
    """Of position, velocity and acceleration error along one axis: symmetric, three by three."""

    __slots__ = ("bias", "cross", "position", "position_bias", "velocity", "velocity_bias")

    def __init__(self, position: float, velocity: float, bias: float) -> None:
        """Variances."""
        self.position, self.velocity, self.bias = position, velocity, bias
        self.cross = self.position_bias = self.velocity_bias = 0.0

    def propagate(self, span_s: float) -> None:
        """A position moves with its velocity, a velocity with the acceleration's error."""
        half = 0.5 * span_s * span_s
        rv, rb, vv, vb, bb = self.cross, self.position_bias, self.velocity, self.velocity_bias, self.bias
        self.position += 2.0 * (span_s * rv + half * rb) + span_s * (span_s * vv + 2.0 * half * vb) + half * half * bb
        self.cross = rv + span_s * (rb + vv + span_s * vb + half * bb) + half * vb
        self.position_bias = rb + span_s * vb + half * bb
        self.velocity = vv + span_s * (2.0 * vb + span_s * bb)
        self.velocity_bias = vb + span_s * bb

    def see_position(self, variance: float) -> Vector:
        """A measurement of the position: the gains of the three states."""
        total = self.position + variance
        a, b, c = self.position / total, self.cross / total, self.position_bias / total
        self.velocity -= b * self.cross
        self.velocity_bias -= b * self.position_bias
        self.bias -= c * self.position_bias
        # What is left of a variance, as a product: a difference of nearly equal numbers might come out negative.
        left = variance / total
        self.position, self.cross, self.position_bias = (
            left * self.position,
            left * self.cross,
            left * self.position_bias,
        )
        return a, b, c

    def see_velocity(self, variance: float) -> Vector:
        """A measurement of the velocity: the gains of the three states."""
        total = self.velocity + variance
        a, b, c = self.cross / total, self.velocity / total, self.velocity_bias / total
        self.position -= a * self.cross
        self.position_bias -= a * self.velocity_bias
        self.bias -= c * self.velocity_bias
        left = variance / total
        self.cross, self.velocity, self.velocity_bias = (
            left * self.cross,
            left * self.velocity,
            left * self.velocity_bias,
        )
        return a, b, c
