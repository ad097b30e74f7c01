#pragma once

#include "model/config/finding.hpp"
#include "model/message/json.hpp"
#include "model/run/json_fields.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::detail {

/// Whether a string with `${` in it may still become something else (params that are checked), or is what it
/// is (params of an attempt).
enum class references { may_come, are_replaced };

/// Reads the params of a step kind into fields and reports what does not fit. What is absent or still a
/// reference leaves its field alone. Where text is wanted, numbers, `true` and `false` are taken as they are
/// written, because a reference brings its value's own type. Keeps references: params and findings outlive
/// it.
class step_params {
public:
  /// Reports members that are not in `known`. `path` is that of the params.
  step_params(const json& params, const std::string& path, const std::vector<std::string>& known,
              references stage, findings& out);

  /// Returns the member; nullptr when it is absent or a reference.
  const nlohmann::ordered_json* find(const std::string& name) const;
  /// As `find`; reports when it is absent.
  const nlohmann::ordered_json* require(const std::string& name, std::string_view wanted);
  /// True when `value` is a string that is still a reference.
  bool is_open(const nlohmann::ordered_json& value) const;

  /// Each returns true when the field was set.
  bool read_text(const std::string& name, std::string& field);
  bool read_flag(const std::string& name, bool& field);
  bool read_duration(const std::string& name, std::chrono::milliseconds most,
                     std::chrono::milliseconds& field);
  /// Bytes, as a number or as text such as `64KiB`.
  bool read_size(const std::string& name, std::size_t most, std::size_t& field);
  /// A list of text.
  bool read_texts(const std::string& name, std::string_view wanted, std::vector<std::string>& field);
  /// An object of text, in its order.
  bool read_text_members(const std::string& name, std::string_view wanted,
                         std::vector<std::pair<std::string, std::string>>& field);

  /// Reports BAD_VALUE at member `name`.
  void report(const std::string& name, std::string text);
  /// Reports BAD_VALUE at a path below that of the params.
  void report_at(std::string path, std::string text);
  void report_wanted(const std::string& name, const nlohmann::ordered_json& value, std::string_view wanted);
  std::string path_of(const std::string& name) const { return fields_.path_of(name); }

private:
  json_fields fields_;
  references stage_;
  findings* out_;
};

} // namespace sluice::detail
