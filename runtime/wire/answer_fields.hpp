#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Reads the members of a JSON object that another program wrote. What is not asked for does not matter: a
/// newer one may say more. Each call throws `error("bad_answer")` that names the member when it is missing
/// or is something else; the optional ones take a member that is missing or null as nothing. Keeps a
/// reference to the object.
class answer_fields {
public:
  /// `what`: what the object is, in messages, e.g. `run`.
  answer_fields(const nlohmann::ordered_json& object, std::string what);

  std::string text(const char* name) const;
  std::uint64_t count(const char* name) const;
  std::int64_t number(const char* name) const;
  bool flag(const char* name) const;
  uuid id(const char* name) const;
  utc_time time(const char* name) const;
  /// Returns the list, which may be empty.
  const nlohmann::ordered_json& list(const char* name) const;

  std::optional<std::string> optional_text(const char* name) const;
  std::optional<std::uint64_t> optional_count(const char* name) const;
  std::optional<double> optional_real(const char* name) const;
  std::optional<bool> optional_flag(const char* name) const;
  std::optional<uuid> optional_id(const char* name) const;
  std::optional<utc_time> optional_time(const char* name) const;
  /// Returns the member, or nullptr.
  const nlohmann::ordered_json* find(const char* name) const;

  /// Throws `error("bad_answer")`: member `name` is not `wanted`.
  [[noreturn]] void refuse(std::string_view name, std::string_view wanted) const;

private:
  const nlohmann::ordered_json* object_;
  std::string what_;
};

/// Calls `take` with each item of the list `name` in `answer`. Throws as `answer_fields`.
void for_each_item(const nlohmann::ordered_json& answer, const char* name,
                   const std::function<void(const nlohmann::ordered_json&)>& take);

/// Returns the document in `text`; throws `error("bad_answer")` when it is no JSON, with its beginning.
nlohmann::ordered_json parse_answer(std::string_view text);

} // namespace sluice
