#pragma once

#include "model/config/options.hpp"

#include <string>
#include <vector>

namespace sluice {

/// One thing that is wrong inside an option that is a map.
struct option_mistake {
  enum class part { name, value };
  /// The member's name.
  std::string member;
  /// Which half of the member is wrong; gives the finding its place.
  part where = part::value;
  std::string text;
};

/// As `option_error`, for several members of one option: each becomes a BAD_VALUE at its own place.
class option_mistakes : public option_error {
public:
  /// `all` must not be empty.
  option_mistakes(std::string option, std::vector<option_mistake> all)
      : option_error(std::move(option), joined(all)), all_(std::move(all)) {}

  /// In the order of the file.
  const std::vector<option_mistake>& all() const noexcept { return all_; }

private:
  static std::string joined(const std::vector<option_mistake>& all) {
    std::string text;
    for (const auto& one : all)
      text += (text.empty() ? "" : "; ") + one.text;
    return text;
  }

  std::vector<option_mistake> all_;
};

} // namespace sluice
