#pragma once
// The field tables of the catalogue: from them come reading, validation, schema and docs.

#include "catalog/chip_records.h"
#include "catalog/market_records.h"
#include "catalog/model_records.h"
#include "catalog/place_records.h"
