#pragma once

#include "model/message/message.hpp"
#include "model/rules/rule_view.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sluice::bench {

/// Commands, and rules of which some match: the same every time.
struct corpus {
  /// Ten words each, some 70 bytes.
  std::vector<std::string> texts;
  std::vector<rule> rules;
};

/// Of `texts` one in `one_in` has what exactly one rule looks for; none of the others has anything. Rules
/// have five shapes in equal parts: a word; a download of it; a file name with a number; a path, whatever its
/// case; a hidden file in a temporary folder.
corpus make_corpus(std::size_t texts, std::size_t rules, std::size_t one_in);

rule_view view_of(const std::vector<rule>& rules);

/// Returns a record of three members around each text: id, kind, command.
std::vector<message> records_of(const std::vector<std::string>& texts);

} // namespace sluice::bench
