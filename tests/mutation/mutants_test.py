#!/usr/bin/env python3
"""Tests of the mutants themselves."""

import unittest

import mutants


def made(line):
    return {new for _, new in mutants.of_line(line)}


class mutants_test(unittest.TestCase):
    def test_operators_are_turned(self):
        self.assertIn("  return a != b;\n", made("  return a == b;\n"))
        self.assertIn("  while (used <= limit)\n", made("  while (used < limit)\n"))
        self.assertIn("  go = a || b;\n", made("  go = a && b;\n"))
        self.assertIn("  depth_ -= count;\n", made("  depth_ += count;\n"))

    def test_constants_are_off_by_one(self):
        self.assertIn("  return size - 2;\n", made("  return size - 1;\n"))
        self.assertIn("  return 1;\n", made("  return 0;\n"))

    def test_conditions_are_inverted_whole(self):
        self.assertIn("  if (!(is_open(a)))\n", made("  if (is_open(a))\n"))
        self.assertNotIn("  if (!(auto x = f(); x))\n", made("  if (auto x = f(); x)\n"))

    def test_statements_are_removed_but_not_declarations(self):
        self.assertIn("  ;\n", made("  queue_.push_back(one);\n"))
        self.assertIn("  ;\n", made("  running_ = true;\n"))
        self.assertNotIn("  ;\n", made("  auto x = f();\n"))
        self.assertNotIn("  ;\n", made("  return f();\n"))

    def test_text_in_quotes_and_comments_and_templates_are_left_alone(self):
        self.assertEqual(made('#include "a == b"\n'), set())
        self.assertEqual(made("  // a == b\n"), set())
        self.assertEqual({new for new in made('  throw error("a == b", "x < 1");\n') if "!=" in new or "2" in new}, set())
        self.assertEqual(made("template <class T>\n"), set())

    def test_a_line_of_a_file_is_replaced(self):
        text = "a;\n  x = a == b;\nc;\n"
        number, _, new = next(each for each in mutants.of_text(text) if "!=" in each[2])
        self.assertEqual(mutants.apply(text, number, new), "a;\n  x = a != b;\nc;\n")


if __name__ == "__main__":
    unittest.main()
