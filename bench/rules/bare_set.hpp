#pragma once

#include "model/rules/rule.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sluice::bench {

/// The rival: RE2::Set with the same patterns and options, and nothing around it.
class bare_set {
public:
  explicit bare_set(const std::vector<rule>& rules);
  ~bare_set();

  /// Matches each text, with the list of what matched; returns the number of hits. Throws `error("bare_set")`
  /// when RE2 gives up.
  std::size_t match(const std::vector<std::string>& texts) const;

private:
  struct implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace sluice::bench
