// Must not compile: legal scalars of different kinds do not add.
#include "redline/units.h"

using namespace redline;

auto sum = Tpp{4800.0} + PerformanceDensity{5.92};

int main() { return 0; }
