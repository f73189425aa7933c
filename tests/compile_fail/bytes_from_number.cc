// Must not compile: a bare number has no unit.
#include "redline/units.h"

using namespace redline;

Bytes bytes = 96e9;

int main() { return 0; }
