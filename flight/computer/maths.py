"""Elementary functions and quaternions, in one stated order of IEEE double operations.

Only + - * / and math.sqrt, so that CPython and the translated C give the same bits. The polynomials are those of
FDLIBM 5.3 (Sun Microsystems 1993: k_sin.c, k_cos.c, s_atan.c, e_log.c, e_exp.c). Angles in radians. Quaternions are
scalar first; `rotate` takes a vector from the frame on the quaternion's right (body) to the frame on its left.
"""

import math

PI = 3.141592653589793
HALF_PI = 1.5707963267948966
LN_2_HIGH = 6.93147180369123816490e-01  # 33 bits: a whole number of up to 20 bits times it is exact
LN_2_LOW = 1.90821492927058770002e-10
LARGEST_SHIFT = 256
POWERS_OF_TWO = (
    1.157920892373162e77,
    3.402823669209385e38,
    1.8446744073709552e19,
    4294967296.0,
    65536.0,
    256.0,
    16.0,
    4.0,
    2.0,
)  # 2 to the power 256, 128, ... 1


def clamp(x: float, low: float, high: float) -> float:
    """x within low..high; not-a-number becomes low."""
    if x > high:
        return high
    if x >= low:
        return x
    return low


def magnitude(x: float) -> float:
    """Absolute value."""
    if x < 0.0:
        return -x
    return x


def sine_kernel(x: float) -> float:
    """sin x for |x| <= pi/4 (FDLIBM k_sin.c)."""
    z = x * x
    r = 2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)
    r = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * r)
    return x + (z * x) * (-1.66666666666666324348e-01 + z * r)


def cosine_kernel(x: float) -> float:
    """cos x for |x| <= pi/4 (FDLIBM k_cos.c's polynomial, summed so that the result stays within 1 ulp)."""
    z = x * x
    r = -2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)
    r = 4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * r))
    half = 0.5 * z
    near = 1.0 - half
    return near + (((1.0 - near) - half) + (z * z) * r)


def sin_cos(x: float) -> tuple[float, float]:
    """(sin x, cos x). Beyond 100,000 rad, where the reduction loses its meaning, and for what is not finite: (0, 1)."""
    if not (x > -100000.0 and x < 100000.0):
        return 0.0, 1.0
    turns = x * 6.36619772367581382433e-01
    quadrant = int(turns + 0.5) if turns >= 0.0 else -int(0.5 - turns)
    n = float(quadrant)
    # Cody and Waite: pi/2 in two parts, the first of 33 bits, so that n times it is exact.
    y = (x - n * 1.57079632673412561417e00) - n * 6.07710050650619224932e-11
    s = sine_kernel(y)
    c = cosine_kernel(y)
    quadrant = quadrant & 3
    if quadrant == 0:
        return s, c
    if quadrant == 1:
        return c, -s
    if quadrant == 2:
        return -s, -c
    return -c, s


def arctangent_unit(x: float) -> float:
    """atan x for 0 <= x <= 1 (FDLIBM s_atan.c: reduced about 0, 1/2 and 1)."""
    high = 0.0
    low = 0.0
    y = x
    if x > 0.6875:
        high = 7.85398163397448278999e-01
        low = 3.06161699786838301793e-17
        y = (x - 1.0) / (x + 1.0)
    elif x > 0.4375:
        high = 4.63647609000806093515e-01
        low = 2.26987774529616870924e-17
        y = (2.0 * x - 1.0) / (2.0 + x)
    z = y * y
    w = z * z
    odd = 4.97687799461593236017e-02 + w * 1.62858201153657823623e-02
    odd = 9.09088713343650656196e-02 + w * (6.66107313738753120669e-02 + w * odd)
    odd = z * (3.33333333333329318027e-01 + w * (1.42857142725034663711e-01 + w * odd))
    even = -7.69187620504482999495e-02 + w * (-5.83357013379057348645e-02 + w * -3.65315727442169155270e-02)
    even = w * (-1.99999999998764832476e-01 + w * (-1.11111104054623557880e-01 + w * even))
    return high - ((y * (odd + even) - low) - y)


def arctangent2(y: float, x: float) -> float:
    """Angle of the point (x, y), -pi..pi. Zero for the origin and for what is not finite; zeros have no sign."""
    if not (y > -1.0e300 and y < 1.0e300 and x > -1.0e300 and x < 1.0e300):
        return 0.0
    rise = magnitude(y)
    run = magnitude(x)
    if rise == 0.0 and run == 0.0:
        return 0.0
    if rise <= run:
        angle = arctangent_unit(rise / run)
    else:
        angle = HALF_PI - (arctangent_unit(run / rise) - 6.12323399573676603587e-17)
    if x < 0.0:
        angle = PI - (angle - 1.22464679914735317720e-16)
    if y < 0.0:
        return -angle
    return angle


def logarithm(x: float) -> float:
    """Natural logarithm for 1e-150 < x < 1e150 (FDLIBM e_log.c); 0 for what is beyond and what is no number.

    Scaling by powers of two is exact. Below 1 ulp off.
    """
    if not (x > 1.0e-150 and x < 1.0e150):
        return 0.0
    m = x
    exponent = 0
    if m >= 1.4142135623730951 or m < 0.7071067811865476:
        shift = LARGEST_SHIFT
        for i in range(len(POWERS_OF_TWO)):
            if m >= POWERS_OF_TWO[i]:
                m = m / POWERS_OF_TWO[i]
                exponent = exponent + shift
            elif m * POWERS_OF_TWO[i] < 2.0:
                m = m * POWERS_OF_TWO[i]
                exponent = exponent - shift
            shift = shift >> 1
        if m > 1.4142135623730951:
            m = 0.5 * m
            exponent = exponent + 1
    k = float(exponent)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
    odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * odd))
    half = 0.5 * f * f
    return k * LN_2_HIGH - ((half - (s * (half + (even + odd)) + k * LN_2_LOW)) - f)


def exponential(x: float) -> float:
    """e to the x for -300 <= x <= 300 (FDLIBM e_exp.c), below 1 ulp off; beyond, the value at that end.

    Not-a-number becomes 1.
    """
    if not (x >= -300.0 and x <= 300.0):
        if x > 0.0:
            x = 300.0
        elif x < 0.0:
            x = -300.0
        else:
            return 1.0
    turns = x * 1.44269504088896338700e00
    exponent = int(turns + 0.5) if turns >= 0.0 else -int(0.5 - turns)
    k = float(exponent)
    high = x - k * LN_2_HIGH
    low = k * LN_2_LOW
    r = high - low
    t = r * r
    c = 6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
    c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * c))
    value = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    left = exponent if exponent >= 0 else -exponent
    shift = LARGEST_SHIFT
    for i in range(len(POWERS_OF_TWO)):
        if left >= shift:
            left = left - shift
            if exponent >= 0:
                value = value * POWERS_OF_TWO[i]
            else:
                value = value / POWERS_OF_TWO[i]
        shift = shift >> 1
    return value


def dot(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> float:
    """Scalar product."""
    return ax * bx + ay * by + az * bz


def cross(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> tuple[float, float, float]:
    """Vector product a x b."""
    return ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx


def length(x: float, y: float, z: float) -> float:
    """Euclidean length, at least 1e-30 so that it may divide."""
    square = x * x + y * y + z * z
    if square > 1.0e-60:
        return math.sqrt(square)
    return 1.0e-30


def multiply(
    aw: float, ax: float, ay: float, az: float, bw: float, bx: float, by: float, bz: float
) -> tuple[float, float, float, float]:
    """Quaternion product a b: b is applied first."""
    w = aw * bw - ax * bx - ay * by - az * bz
    x = aw * bx + ax * bw + ay * bz - az * by
    y = aw * by - ax * bz + ay * bw + az * bx
    z = aw * bz + ax * by - ay * bx + az * bw
    return w, x, y, z


def normalise(w: float, x: float, y: float, z: float) -> tuple[float, float, float, float]:
    """The quaternion scaled to length 1; the identity where it has none."""
    square = w * w + x * x + y * y + z * z
    if not (square > 1.0e-12 and square < 1.0e12):
        return 1.0, 0.0, 0.0, 0.0
    scale = 1.0 / math.sqrt(square)
    return w * scale, x * scale, y * scale, z * scale


def rotate(qw: float, qx: float, qy: float, qz: float, x: float, y: float, z: float) -> tuple[float, float, float]:
    """The vector (x, y, z), body axes, in the frame that the unit quaternion leads to. Inverse: negate qx, qy, qz."""
    tx = 2.0 * (qy * z - qz * y)
    ty = 2.0 * (qz * x - qx * z)
    tz = 2.0 * (qx * y - qy * x)
    return x + qw * tx + (qy * tz - qz * ty), y + qw * ty + (qz * tx - qx * tz), z + qw * tz + (qx * ty - qy * tx)


def turn(qw: float, qx: float, qy: float, qz: float, x: float, y: float, z: float) -> tuple[float, float, float, float]:
    """The unit quaternion after a further rotation by the vector (x, y, z), radians in body axes, up to about 0.3 rad.

    The half-angle sine and cosine are power series to the sixth power; the product is brought back to length 1 by
    one Newton step, enough for a quaternion that was there already.
    """
    square = x * x + y * y + z * z
    s = 0.5 - square * (0.020833333333333332 - square * 0.00026041666666666666)
    c = 1.0 - square * (0.125 - square * (0.0026041666666666665 - square * 2.170138888888889e-05))
    w, i, j, k = multiply(qw, qx, qy, qz, c, s * x, s * y, s * z)
    scale = 1.5 - 0.5 * (w * w + i * i + j * j + k * k)
    return w * scale, i * scale, j * scale, k * scale


def from_axes(
    xx: float, xy: float, xz: float, yx: float, yy: float, yz: float, zx: float, zy: float, zz: float
) -> tuple[float, float, float, float]:
    """Unit quaternion of a frame whose axes x, y, z (each three components in the outer frame) are orthonormal.

    Shepperd's method (Journal of Guidance and Control 1, 1978): divide by the largest of the four.
    """
    w = 1.0 + xx + yy + zz
    i = 1.0 + xx - yy - zz
    j = 1.0 - xx + yy - zz
    k = 1.0 - xx - yy + zz
    if w >= i and w >= j and w >= k:
        return normalise(w, yz - zy, zx - xz, xy - yx)
    if i >= j and i >= k:
        return normalise(yz - zy, i, xy + yx, zx + xz)
    if j >= k:
        return normalise(zx - xz, xy + yx, j, yz + zy)
    return normalise(xy - yx, zx + xz, yz + zy, k)
