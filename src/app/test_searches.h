#pragma once
// What tests ask of every search.

#include <gtest/gtest.h>

#include "app/search_plan.h"

namespace redline::app {

// The same answer pruned, whole and on two threads. `searched` takes fields and how to search.
template <class Searched>
void expect_one_answer(const Searched& searched, const Json& fields) {
  SearchRun all;
  all.prune = false;
  SearchRun two;
  two.threads = 2;
  const auto a = searched(fields, SearchRun{});
  const auto b = searched(fields, all);
  const auto c = searched(fields, two);
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(a->results.dump(), b->results.dump());
  EXPECT_EQ(a->results.dump(), c->results.dump());
  EXPECT_EQ(b->run["evaluated"], b->run["plans"]);
  EXPECT_LT(a->run["evaluated"].template get<std::uint64_t>(),
            a->run["plans"].template get<std::uint64_t>());
}

}  // namespace redline::app
