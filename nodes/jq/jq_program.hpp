#pragma once

#include "model/message/json.hpp"
#include "model/message/message.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sluice {

/// A vetted, compiled jq program. Input is a message's payload: json as it is, text as a JSON string; an
/// error record as the object `append_text` shows. Simple programs (paths, literals, comparisons, and/or/not)
/// run natively and give exactly what libjq gives; the rest runs in libjq. Thread: one at a time.
class jq_program {
public:
  /// Throws `option_error(option)` with jq's own words when `source` does not compile, or when it may reach
  /// outside
  /// (`env`, `$ENV`, `input`, `inputs`, `input_filename`, `import`, `include`, `halt`, `halt_error`, `debug`,
  /// …).
  jq_program(const std::string& source, const std::string& option);
  ~jq_program();
  jq_program(jq_program&&) noexcept;
  jq_program& operator=(jq_program&&) noexcept;

  /// Calls `take` for each result, in order. Throws `error("jq_error")` with jq's message when the program
  /// fails.
  void run(const message& input, const std::function<void(json)>& take);
  /// Returns the first result, or nothing when the program is `empty`. Throws as `run`.
  std::optional<json> first(const message& input);
  /// Returns true when the first result is neither false nor null (what `select` asks). Throws as `run`.
  bool test(const message& input);
  /// Returns the first result as a key: strings as they are, other values as compact JSON. Throws as `run`.
  std::string key(const message& input);
  /// Returns the first result as a number, or nothing when it is not one. Throws as `run`.
  std::optional<double> number(const message& input);

  /// True when no libjq is involved, so that the node may be cooperative.
  bool is_native() const noexcept;
  /// Returns what `is_native` would of a program; cheap, and never throws for a bad one.
  static bool runs_natively(const std::string& source);

private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace sluice
