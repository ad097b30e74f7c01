#pragma once

#include "model/config/finding.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

/// Reads the members of one JSON object into fields, and reports what does not fit. A member that is absent
/// leaves its field alone. Keeps references: the object and the findings outlive it.
class json_fields {
public:
  /// Reports UNKNOWN_OPTION for each member that is not in `known`. `path` is the object's.
  json_fields(const nlohmann::ordered_json& object, std::string path, const std::vector<std::string>& known,
              findings& out);

  /// Returns the member, or nullptr.
  const nlohmann::ordered_json* find(const std::string& name) const;
  /// Returns the member; reports BAD_VALUE when it is absent.
  const nlohmann::ordered_json* require(const std::string& name, std::string_view wanted);

  void read_string(const std::string& name, std::string& field);
  void read_count(const std::string& name, unsigned least, unsigned most, unsigned& field);
  void read_share(const std::string& name, double& field);
  /// A duration in whole milliseconds, as a string such as `30s`.
  void read_duration(const std::string& name, std::chrono::milliseconds least, std::chrono::milliseconds most,
                     std::chrono::milliseconds& field);

  /// Reports `code` at member `name`.
  void report(const char* code, const std::string& name, std::string text);
  /// Reports BAD_VALUE: member `name` is `value` where `wanted` is.
  void report_wanted(const std::string& name, const nlohmann::ordered_json& value, std::string_view wanted);
  std::string path_of(const std::string& name) const;

private:
  const nlohmann::ordered_json* object_;
  std::string path_;
  findings* out_;
};

/// Returns the value for an error message: compact, cut after some 60 characters.
std::string excerpt(const nlohmann::ordered_json& value);

} // namespace sluice::detail
