// Must not compile: bytes over operations a second are no time.
#include "redline/units.h"

using namespace redline;

Seconds time = Bytes{1.0} / OpsPerSecond{1.0};

int main() { return 0; }
