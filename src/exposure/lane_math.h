#pragma once
// Functions of many numbers at once: no branches, tables or calls, so that vectors can do them, and
// the same bits on every machine, which a library of mathematics does not promise. Off by a few
// units in the last place.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace redline::exposure {

// The first coefficient is that of the highest power.
template <class... C>
inline double polynomial(double x, double first, C... others) {
  double sum = first;
  ((sum = sum * x + others), ...);
  return sum;
}

// The natural logarithm of a positive, normal and finite number; the method and the coefficients
// are those of fdlibm (Sun 1993).
inline double log_of(double x) {
  constexpr std::uint64_t kRootOfHalf = 0x3fe6a09e667f3bcd, kOne = 0x3ff0000000000000;
  constexpr std::uint64_t kDigits = 0x000fffffffffffff;
  constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
  // The number is 2^k m, with m between the roots of 1/2 and of 2.
  const std::uint64_t moved = std::bit_cast<std::uint64_t>(x) + (kOne - kRootOfHalf);
  const double k = std::bit_cast<double>((moved >> 52U) | std::bit_cast<std::uint64_t>(0x1p52)) -
                   (0x1p52 + 1023.0);
  const double f = std::bit_cast<double>((moved & kDigits) + kRootOfHalf) - 1.0;
  const double s = f / (2.0 + f), half_square = 0.5 * f * f;
  const double r =
      s * s *
      polynomial(s * s, 1.479819860511658591e-01, 1.531383769920937332e-01,
                 1.818357216161805012e-01, 2.222219843214978396e-01, 2.857142874366239149e-01,
                 3.999999999940941908e-01, 6.666666666666735130e-01);
  return k * kLn2High - ((half_square - (s * (half_square + r) + k * kLn2Low)) - f);
}

// The exponential, of what is beyond 700 as of 700 to either side; likewise of fdlibm.
inline double exp_of(double x) {
  constexpr double kMost = 700.0, kRound = 0x1.8p52;
  constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
  const double bounded = x > kMost ? kMost : x < -kMost ? -kMost : x;
  // The whole number k of halvings or doublings stands in the last bits.
  const double shifted = bounded * 1.44269504088896338700e+00 + kRound;
  const double k = shifted - kRound;
  const double high = bounded - k * kLn2High, low = k * kLn2Low;
  const double r = high - low;
  const double c = r - r * r *
                           polynomial(r * r, 4.13813679705723846039e-08,
                                      -1.65339022054652515390e-06, 6.61375632143793436117e-05,
                                      -2.77777777770155933842e-03, 1.66666666666666019037e-01);
  const double y = 1.0 - ((low - r * c / (2.0 - c)) - high);
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(y) +
                               (std::bit_cast<std::uint64_t>(shifted) << 52U));
}

// Of a number that is not negative, within e^-700 and e^700.
inline double power_of(double x, double exponent) {
  const double power = exp_of(exponent * log_of(x > 0.0 ? x : 1.0));
  const double of_none = exponent > 0.0 ? 0.0 : std::numeric_limits<double>::infinity();
  return exponent == 0.0 ? 1.0 : x > 0.0 ? power : of_none;
}

// Beyond these shares a normal quantile is asked of its own formula, and beyond this many
// deviations a share; many numbers hold none of them as a rule, and then it need not be worked out.
inline constexpr double kFarShare = 2e-11, kFarDeviations = 5.65;

// The quantile of the standard normal distribution, for p within (0, 1): algorithm AS 241, PPND16
// (Wichura 1988).
template <bool kMayBeFar = true>
inline double normal_quantile_of(double p) {
  const double q = p - 0.5, near = 0.180625 - q * q;
  const double middle =
      q *
      polynomial(near, 2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
                 4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
                 1.3314166789178437745e+2, 3.3871328727963666080e+0) /
      polynomial(near, 5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
                 2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2,
                 4.2313330701600911252e+1, 1.0);
  const double tail = std::sqrt(-log_of(q < 0.0 ? p : 1.0 - p)), r = tail - 1.6, far = tail - 5.0;
  const double outer =
      polynomial(r, 7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                 1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
                 4.63033784615654529590e+0, 1.42343711074968357734e+0) /
      polynomial(r, 1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
                 1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0,
                 2.05319162663775882187e+0, 1.0);
  if constexpr (!kMayBeFar) {
    return std::fabs(q) <= 0.425 ? middle : q < 0.0 ? -outer : outer;
  }
  const double outmost =
      polynomial(far, 2.01033439929228813265e-7, 2.71155556874348757815e-5,
                 1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1,
                 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0) /
      polynomial(far, 2.04426310338993978564e-15, 1.42151175831644588870e-7,
                 1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2,
                 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0);
  const double beyond = tail <= 5.0 ? outer : outmost;
  return std::fabs(q) <= 0.425 ? middle : q < 0.0 ? -beyond : beyond;
}

// The share of the standard normal distribution below z, by the rational functions of Cody (1969).
template <bool kMayBeFar = true>
inline double normal_cumulative_of(double z) {
  constexpr double kRootOf32 = 5.656854249492380195206754896838;
  constexpr double kDensity = 0.39894228040143267793994605993438;  // at 0
  const double y = std::fabs(z), square = z * z;
  const double middle =
      0.5 + z *
                polynomial(square, 0.065682337918207449113, 2.2352520354606839287,
                           161.02823106855587881, 1067.6894854603709582, 18154.981253343561249) /
                polynomial(square, 1.0, 47.20258190468824187, 976.09855173777669322,
                           10260.932208618978205, 45507.789335026729956);
  const double outer =
      polynomial(y, 1.0765576773720192317e-8, 0.39894151208813466764, 8.8831497943883759412,
                 93.506656132177855979, 597.27027639480026226, 2494.5375852903726711,
                 6848.1904505362823326, 11602.651437647350124, 9842.7148383839780218) /
      polynomial(y, 1.0, 22.266688044328115691, 235.38790178262499861, 1519.377599407554805,
                 6485.558298266760755, 18615.571640885098091, 34900.952721145977266,
                 38912.003286093271411, 19685.429676859990727);
  // Of a square that is split, since its rounding would be felt in the exponential.
  const double coarse = (y * 16.0 + 0x1.8p52 - 0x1.8p52) / 16.0;
  const double density =
      exp_of(-0.5 * coarse * coarse) * exp_of(-0.5 * (y - coarse) * (y + coarse));
  double rest = outer;
  if constexpr (kMayBeFar) {
    const double inverse = 1.0 / (square > 1.0 ? square : 1.0);
    const double outmost =
        (kDensity -
         inverse *
             polynomial(inverse, 0.02307344176494017303, 0.21589853405795699, 0.1274011611602473639,
                        0.022235277870649807, 0.001421619193227893466, 2.9112874951168792e-5) /
             polynomial(inverse, 1.0, 1.28426009614491121, 0.468238212480865118,
                        0.0659881378689285515, 0.00378239633202758244, 7.29751555083966205e-5)) /
        (y > 1.0 ? y : 1.0);
    rest = y <= kRootOf32 ? outer : outmost;
  }
  const double beyond = density * rest;
  return y <= 0.67448975 ? middle : z < 0.0 ? beyond : 1.0 - beyond;
}

}  // namespace redline::exposure
