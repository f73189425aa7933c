// Must not compile: a quantity does not lose its unit by itself.
#include "redline/units.h"

using namespace redline;

double number = Bytes{96e9};

int main() { return 0; }
