#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace sluice::bench {

/// Runs `work` in a forked child and returns its figures: memory that an earlier run left behind neither
/// helps nor hurts. The caller must be the only thread of its process. Throws `error("child_failed")`.
std::vector<double> in_child(const std::function<std::vector<double>()>& work);

/// Runs `work(0)` … `work(count - 1)` at the same time, each in a forked child, and returns their figures in
/// that order. As `in_child` otherwise; when one fails the others are waited for.
std::vector<std::vector<double>> in_children(std::size_t count,
                                             const std::function<std::vector<double>(std::size_t)>& work);

/// Runs the program `command[0]` without a shell and returns the numbers it printed on stdout. Throws
/// `error("child_failed")`.
std::vector<double> in_program(const std::vector<std::string>& command);

/// Returns the path of the program `name` that lies beside this one.
std::string sibling(const std::string& name);

} // namespace sluice::bench
