// Must not compile: legal scalars of different kinds do not compare.
#include "redline/units.h"

using namespace redline;

bool reached = Tpp{4800.0} >= PerformanceDensity{5.92};

int main() { return 0; }
