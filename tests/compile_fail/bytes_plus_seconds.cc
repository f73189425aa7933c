// Must not compile: different dimensions do not add.
#include "redline/units.h"

using namespace redline;

auto sum = Bytes{1.0} + Seconds{1.0};

int main() { return 0; }
