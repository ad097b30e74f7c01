#pragma once

#include "persistence/rules/sync_rules.hpp"
#include "runtime/embed/rule_keepers.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "tests/actors_rules/rule_directory_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>

namespace sluice {

/// A process: a runtime of runs, and keepers that use its database.
struct rule_process {
  explicit rule_process(const std::filesystem::path& database, std::function<utc_time()> clock = {})
      : runs(options(database)),
        keepers(rule_keepers_settings{rule_directory_scene::log(), std::move(clock)}) {}

  static run_options options(const std::filesystem::path& database) {
    run_options made;
    made.database = database;
    made.steps = std::make_shared<step_registry>();
    made.workers = 1;
    made.log = rule_directory_scene::log();
    return made;
  }

  /// Makes the rules of the database these.
  void sync(const rule_view& rules) {
    std::promise<std::exception_ptr> done;
    runs.write_async([&](store& in, utc_time now) { (void)sync_rules(in, rules, "test", "ann", now); },
                     [&](std::exception_ptr failure) { done.set_value(std::move(failure)); });
    auto failure = done.get_future();
    BOOST_REQUIRE((failure.wait_for(patience) == std::future_status::ready));
    if (const auto what = failure.get())
      std::rethrow_exception(what);
  }

  run_runtime runs;
  rule_keepers keepers;
  std::unique_ptr<rule_keepers::database_use> use = keepers.use_database(runs);
};

/// The rules of that many definitions, none of which anybody has said anything about.
inline rule_view view_of(const std::vector<std::shared_ptr<const rule>>& rules) {
  rule_view view;
  for (const auto& each : rules)
    view[each->id].definition = each;
  return view;
}

} // namespace sluice
