#pragma once

#include "model/config/finding.hpp"
#include "model/message/json.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace sluice {

/// Where the members and items of a document stand, by their paths as findings have them
/// (`steps.build.deps[0]`).
class document_places {
public:
  struct place {
    /// Of the member's name, or of the item.
    source_position name;
    source_position value;
    /// Findings about a map or list stand better at its name.
    bool is_scalar = false;
  };

  void add(const std::string& path, const place& at) { places_.emplace(path, at); }
  /// Gives each finding that has no position that of what its path leads to, or of the nearest thing around
  /// it, and sorts them by position.
  void locate(findings& found) const;

private:
  source_position position_of(const finding& one) const;

  std::unordered_map<std::string, place> places_;
};

/// A JSON document that a person wrote, as JSON or as YAML.
struct run_document {
  /// None: it could not be read.
  std::optional<json> value;
  document_places places;
  /// What is wrong with it as JSON or YAML: SYNTAX, DUPLICATE_KEY, TOO_LARGE. With positions.
  findings found;
};

/// Reads `text`: JSON when it is JSON, otherwise YAML, with the guards of `read_yaml`. A plain YAML scalar is
/// what JSON would make of it (null, true, false, a number) and otherwise a string; nothing is taken from the
/// environment. `file` says which of the two was meant when it is neither. Never throws for what is in
/// `text`.
run_document read_run_document(const std::string& text, const std::string& file);

} // namespace sluice
