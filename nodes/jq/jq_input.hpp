#pragma once

#include "model/message/json.hpp"
#include "model/message/message.hpp"

namespace sluice::detail {

/// What a jq program sees of a message: json as it is, text as a JSON string, an error record as the object
/// that `append_json` shows, and so on. Borrows from the message, which must outlive it.
class jq_input {
public:
  explicit jq_input(const message& from);

  const json& document() const noexcept { return borrowed_ != nullptr ? *borrowed_ : made_; }

private:
  const json* borrowed_;
  json made_;
};

} // namespace sluice::detail
