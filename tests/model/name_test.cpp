#include "model/base/name.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(letters_digits_underscores_and_dashes_are_valid) {
  for (const char* name : {"a", "Z", "_", "_1", "a-b", "a_b", "read2", "A-", "__"})
    BOOST_TEST(is_valid_name(name), name);
}

BOOST_AUTO_TEST_CASE(a_name_begins_with_a_letter_or_underscore) {
  for (const char* name : {"", "1a", "-a", ".a", " a"})
    BOOST_TEST(!is_valid_name(name), "'" << name << "'");
}

BOOST_AUTO_TEST_CASE(other_characters_are_refused) {
  for (const char* name :
       {"a b", "a.b", "a/b", "a->b", "a\n", "\xc3\xa4", "a\xc3\xa4", "a:", "a@", "a[", "a`", "a{"})
    BOOST_TEST(!is_valid_name(name), "'" << name << "'");
  BOOST_TEST(!is_valid_name(std::string("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(the_limit_is_128_characters) {
  BOOST_TEST(is_valid_name(std::string(128, 'x')));
  BOOST_TEST(!is_valid_name(std::string(129, 'x')));
}

BOOST_AUTO_TEST_SUITE_END()
