#pragma once

#include "model/message/json.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice {

/// `${steps.build.result.exit_code}`: a place in what an earlier step returned.
struct step_reference {
  std::string step;
  /// Member names, and item numbers from 0, from the result inwards; empty: the whole result.
  std::vector<std::string> members = {};

  friend bool operator==(const step_reference&, const step_reference&) = default;
};

/// Returns the form in which it is written.
std::string to_string(const step_reference& reference);

/// A string of a step's params, taken apart: texts and references in their order.
using step_template = std::vector<std::variant<std::string, step_reference>>;

/// Takes `text` apart. `$${` stands for `${`, a `$` before anything else for itself. Members are letters,
/// digits, `_` and `-`. Throws `error("bad_reference")` for any other `${…}`, and for one that is not closed.
step_template parse_step_template(std::string_view text);

/// True when `text` contains `${` that is not escaped.
bool has_reference(std::string_view text) noexcept;

/// Calls `visit` for each string below `params` that has a reference or an escape, with its path below `path`
/// (`steps.build.params.argv[1]`). Names of members are not templates.
void visit_templates(const json& params, const std::string& path,
                     const std::function<void(const std::string& path, const std::string& text)>& visit);

/// Returns the result of a finished step, or nullptr when it has none.
using result_lookup = std::function<const json*(std::string_view step)>;

/// Returns `params` with each reference replaced. A string that is one reference and nothing else becomes the
/// value itself, of its own type; in longer strings, strings are put in as they are and other values as
/// compact JSON. What is put in is not looked at again. Throws `error("bad_reference")` that names the
/// reference and what is missing.
json substitute_references(const json& params, const result_lookup& result_of);

} // namespace sluice
