#pragma once

#include "persistence/store/store.hpp"

#include <string>

namespace sluice {

/// Writes a note that a test can read again: a row of the audit log.
inline void write_note(store& in, const std::string& text) {
  audit_row row;
  row.action = text;
  in.audit().append(row);
}

/// Returns the notes in a store, in order, with a space between; in a transaction of its own.
inline std::string notes_in(store& in) {
  const store_transaction look(in);
  std::string text;
  for (const auto& row : in.audit().since(0, 1'000'000))
    text += (text.empty() ? "" : " ") + row.action;
  return text;
}

} // namespace sluice
