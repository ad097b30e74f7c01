#pragma once

#include "runtime/cli/http_rules_client.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <string>

namespace sluice {

/// Each says everything that is wrong with the rules of a directory, or with one file, ordered by file. What
/// cannot be read at all is a finding, too. Nothing is made or changed there: it may be somebody else's.

/// By this program.
rule_check check_rules_here(const std::string& path);
/// By a server, with its version of rules and patterns: files are sent there, some hundreds at a time. Throws
/// as `http_rules_client`.
rule_check check_rules_on(http_rules_client& server, const std::string& path);

} // namespace sluice
