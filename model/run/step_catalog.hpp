#pragma once

#include "model/config/finding.hpp"
#include "model/message/json.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What of the world around the process a step of some kind touches. Servers ask it before they take a run of
/// somebody whom they do not know.
enum class step_reach : std::uint8_t {
  nothing, ///< its params only
  outside, ///< opens files, starts programs or calls servers, with the rights of the process
};

/// What validation has to know of a kind of step. How it is carried out is not the model's business.
struct step_kind {
  std::string name;
  /// One line.
  std::string summary = {};
  /// Appends what is wrong with `params` (an object), with paths below `path`, e.g. `steps.build.params`. It
  /// is called when a graph is submitted, and again with each attempt's params once references are replaced;
  /// the first time a string for which `has_reference` holds may become anything and is to be let through.
  /// Without a checker any object will do.
  std::function<void(const json& params, const std::string& path, findings& out)> check = {};
  step_reach reach = step_reach::nothing;
};

/// The step kinds that runs may name. Filled before use, then only read, from any thread.
class step_catalog {
public:
  /// Adds a kind. Throws `error("duplicate_kind")` when the name is taken, `error("bad_name")` for a bad
  /// name.
  void add(step_kind kind);

  /// Returns the kind called `name`, or nullptr. Valid while the catalog is.
  const step_kind* find(std::string_view name) const noexcept;
  /// Returns all names, sorted.
  std::vector<std::string> names() const;

private:
  std::map<std::string, step_kind, std::less<>> kinds_;
};

} // namespace sluice
