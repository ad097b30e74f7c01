#include "tests/support/step_catalogs.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

step_catalog test_steps() {
  step_catalog catalog;
  catalog.add({"noop", "Does nothing"});
  catalog.add({"exec", "Runs a program", [](const json& params, const std::string& path, findings& out) {
                 const auto argv = params.value().find("argv");
                 if (argv == params.value().end() || !argv->is_array() || argv->empty())
                   out.push_back({finding::level::error,
                                  finding_code::bad_value,
                                  path + ".argv",
                                  "expected the words of a command",
                                  {}});
               }});
  return catalog;
}

} // namespace sluice
