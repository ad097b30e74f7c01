#pragma once

#include "model/base/log.hpp"
#include "model/rules/rule_batch.hpp"
#include "persistence/rules/rule_store.hpp"

#include <filesystem>
#include <memory>

namespace sluice {

/// Opens the rules of a directory: every `*.yaml` and `*.yml` in it is one rule; states are in a file of ours
/// beside them (`.rule-states.json`, written anew and renamed, in turns with other processes). docs/rules.md
/// has both. Watches the directory with inotify.
///
/// - Each file that an event is about, and that defines something else than before, is one change. Edits of
///   one file before anybody looks are one edit: nobody has seen the others.
/// - What is malformed, too large or cannot be read, and a second file with an id that another has, is a
///   finding. A file defines what it last did until it defines something else or is gone.
/// - Of more than `rule_count_limit` files the last ones are left out, which is a finding, until others go.
/// - A directory that is gone, or whose states cannot be read any more, is a finding of `changes`, once; what
///   was in force stays. It is looked for with each call, and compared when it is back.
///
/// Throws `error("rules_unavailable")` when it is no directory that can be read and watched. All calls but
/// `changes` throw that, too, when it is gone, and `error("rule_states_unreadable")`; `set_state` and
/// `expire` throw `store_locked`, `store_full`, `store_read_only` and `store_unavailable` as well. `log` is
/// told when everything had to be read anew; findings are not logged here. `reader` reads the files' texts.
std::unique_ptr<rule_store> open_rule_directory(const std::filesystem::path& directory,
                                                std::function<utc_time()> clock, log_sink log,
                                                rule_batch_reader reader = read_rules_in_turn);

} // namespace sluice
