#pragma once

#include "model/message/json.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::detail {

/// Builds a JSON object member by member. Of members with one name the last wins, at the first one's place.
/// Takes time in proportion to the members, however many a hostile line has.
class record_builder {
public:
  record_builder();
  ~record_builder();
  record_builder(const record_builder&) = delete;
  record_builder& operator=(const record_builder&) = delete;

  /// Bytes that are not UTF-8 become U+FFFD, in names and values.
  void add_text(std::string_view name, std::string_view value);
  void add_true(std::string_view name);
  void add_null(std::string_view name);

  bool empty() const noexcept;
  /// Returns the object and starts anew.
  json finish();

private:
  struct members;
  void add(std::string_view name, nlohmann::ordered_json value);

  std::unique_ptr<members> members_;
};

} // namespace sluice::detail
