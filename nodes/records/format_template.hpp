#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

/// A piece of a template: text to copy, or the jq program of a hole.
struct template_part {
  bool is_hole = false;
  std::string text;

  friend bool operator==(const template_part&, const template_part&) = default;
};

/// Splits a template into text and holes `{{ program }}`. A hole ends at the first `}}` that is not inside
/// one of the program's strings or brackets. Throws `error("bad_template")` for a hole that is empty or not
/// closed.
std::vector<template_part> split_template(std::string_view source);

} // namespace sluice::detail
