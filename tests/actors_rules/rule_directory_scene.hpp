#pragma once

#include "tests/actors_rules/keeping_scene.hpp"
#include "tests/support/actor_scene.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace sluice {

/// A folder of rules, and what was heard of them.
struct rule_directory_scene {
  scratch_folder folder;
  std::filesystem::path rules = folder.path() / "rules";
  mailbox_of_test<std::string> heard;

  rule_directory_scene() { std::filesystem::create_directory(rules); }

  /// A rule that looks for `pattern` in `command` and gives two tags.
  static std::string text(const std::string& id, const std::string& pattern, int version = 1) {
    return "rule_id: " + id + "\nrule_version: " + std::to_string(version) + "\nname: " + id +
           "\nmatch: { field: command, pattern: '" + pattern +
           "' }\nemits:\n"
           "  - { technique_id: T1059, tactic: execution, confidence: 0.9 }\n"
           "  - { technique_id: T1105, tactic: command-and-control, confidence: 0.6 }\n";
  }
  /// As an editor does it: written beside, then renamed.
  void write(const std::string& id, const std::string& pattern, int version = 1) const {
    const auto beside = rules / ("." + id + ".new");
    std::ofstream(beside) << text(id, pattern, version);
    std::filesystem::rename(beside, rules / (id + ".yaml"));
  }

  rule_listener listener() {
    return [this](const rule_change& change) {
      heard.put(std::string(to_string(change.what)) + " " + change.rule);
    };
  }

  static log_sink log() {
    return [](log_level, std::string_view event, std::string_view text) {
      BOOST_TEST_MESSAGE(std::string(event) + ": " + std::string(text));
    };
  }

  static rule_state disabled() { return {rule_mode::disabled, 1, "noisy", "ann"}; }
};

} // namespace sluice
