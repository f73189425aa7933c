// How many dies a wafer has, and how many of them are good enough.

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "redline/silicon.h"

namespace redline {
namespace {

constexpr double kWaferMm = 300.0;
constexpr double kEdgeMm = 3.0;    // that has no good dies; common in the industry
constexpr double kScribeMm = 0.2;  // Chiplet Actuary (Feng and Ma, DAC 2022)
constexpr double kMm2PerCm2 = 100.0;
// Shape of the gamma distribution of the density of defects over dies (ttm-cas).
constexpr double kClustering = 3.0;

// Generalised Gauss-Laguerre of 24 points: nodes of L^(2), weights that add up to one. They
// integrate over a gamma distribution of shape 3, exactly for polynomials up to degree 47.
constexpr std::array<std::pair<double, double>, 24> kGammaPoints{{
    {0.25884340397069827, 0.008806385944253543},  {0.6963268180247036, 0.06464684175437653},
    {1.329771305648451, 0.1712844433628206},      {2.161987402524094, 0.250878533717794},
    {3.1963751782061043, 0.23757976772591963},    {4.437218277490129, 0.1567095716283544},
    {5.88981960860262, 0.07490832853003265},      {7.560644740928295, 0.02651860905463293},
    {9.457501433808211, 0.007030636117597648},    {11.589772100631563, 0.0014015681979145267},
    {13.968718925633897, 0.00020981096834004506}, {16.607889458378473, 2.344577825429587e-05},
    {19.523664174940567, 1.935750508934869e-06},  {22.736010003534336, 1.1633119541243913e-07},
    {26.269541922943574, 4.98658065016812e-09},   {30.15506195172869, 1.484254042568139e-10},
    {34.43186941557059, 2.9607765479445497e-12},  {39.15138154455835, 3.774866734013306e-14},
    {44.383122848226655, 2.8826864710569906e-16}, {50.22534917746505, 1.2022141680894622e-18},
    {56.825741950194846, 2.3826464341779907e-21}, {64.42744592431004, 1.7858466996798534e-24},
    {73.49501059123016, 3.2831532589403662e-28},  {85.22093184144993, 4.9693261486011524e-33},
}};

constexpr double kNegligible = 1e-16;

// Of `cores` that are each bad with probability 1 - q, at least `needed` are good.
double at_least(int cores, int needed, double log_q) {
  const double q = std::exp(log_q);
  const double odds = -std::expm1(log_q) / q;  // bad to good
  double term = std::exp(log_q * cores);       // all good
  double sum = term;
  // Terms rise to the likeliest number and fall behind it.
  for (int good = cores; good > needed && term >= kNegligible * sum; --good) {
    term *= odds * good / (cores - good + 1);
    sum += term;
  }
  return std::min(sum, 1.0);
}

}  // namespace

double dies_per_wafer(double mm2) {
  const double side = std::sqrt(mm2) + kScribeMm;
  const double radius = kWaferMm / 2.0 - kEdgeMm;
  const double die = side * side;
  // Wafer over die, less what the rim cuts (de Vries 2005, eq. 1; ttm-cas).
  return std::max(0.0, std::numbers::pi * radius * (radius / die - std::numbers::sqrt2 / side));
}

double die_yield(double mm2, double defects_cm2) {
  return std::pow(1.0 + mm2 / kMm2PerCm2 * defects_cm2 / kClustering, -kClustering);
}

double salvage_yield(double core_mm2, double rest_mm2, double cores, double needed,
                     double defects_cm2) {
  const double rest = die_yield(rest_mm2, defects_cm2);
  const int all = static_cast<int>(std::lround(cores));
  const int least = static_cast<int>(std::lround(needed));
  if (least <= 0) {
    return rest;
  }
  if (least > all) {
    return 0.0;
  }
  // Defects are Poisson at a density that is itself gamma distributed. That the rest is good makes
  // the density of what is left gamma again, at a higher rate; over it, cores are independent.
  const double rate = kClustering + rest_mm2 / kMm2PerCm2 * defects_cm2;
  const double core_defects = core_mm2 / kMm2PerCm2 * defects_cm2 / rate;
  double share = 0.0;
  for (const auto& [point, weight] : kGammaPoints) {
    share += weight * at_least(all, least, -core_defects * point);
  }
  return rest * std::min(share, 1.0);
}

}  // namespace redline
