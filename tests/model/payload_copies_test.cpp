#include "model/message/payload.hpp"
#include "model/message/text.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using namespace sluice;

namespace {

using owned = std::unique_ptr<int>;

/// As trees of values are.
struct tree : std::vector<tree> {};

/// Says of itself that it can be copied, because its member does.
struct basket {
  std::vector<owned> all;
};

/// Looks into what it refers to, and owns nothing.
struct view_of_owned {
  using value_type = owned;
  const owned* first = nullptr;
};

} // namespace

template <>
struct sluice::payload_copies<basket> : std::false_type {};

BOOST_AUTO_TEST_SUITE(payload_copies_test)

BOOST_AUTO_TEST_CASE(values_and_containers_of_them_are_copied) {
  BOOST_TEST(payload_copies_v<int>);
  BOOST_TEST(payload_copies_v<text>);
  BOOST_TEST(payload_copies_v<std::string>);
  BOOST_TEST(payload_copies_v<std::shared_ptr<owned>>);
  BOOST_TEST(payload_copies_v<std::vector<std::vector<std::string>>>);
  BOOST_TEST((payload_copies_v<std::map<std::string, std::optional<int>>>));
  BOOST_TEST((payload_copies_v<std::tuple<int, std::pair<char, std::vector<int>>>>));
  BOOST_TEST((payload_copies_v<std::variant<std::monostate, std::queue<int>>>));
  BOOST_TEST(payload_copies_v<tree>);
  BOOST_TEST(payload_copies_v<view_of_owned>);
}

BOOST_AUTO_TEST_CASE(what_holds_something_that_cannot_be_copied_is_not_however_deep) {
  BOOST_TEST(!payload_copies_v<owned>);
  BOOST_TEST(!payload_copies_v<std::vector<owned>>);
  BOOST_TEST(!payload_copies_v<const std::vector<std::vector<owned>>>);
  BOOST_TEST((!payload_copies_v<std::map<std::string, owned>>));
  BOOST_TEST(!payload_copies_v<std::optional<std::vector<owned>>>);
  BOOST_TEST((!payload_copies_v<std::pair<int, std::vector<owned>>>));
  BOOST_TEST((!payload_copies_v<std::tuple<int, std::string, std::vector<owned>>>));
  BOOST_TEST((!payload_copies_v<std::variant<int, std::vector<owned>>>));
  BOOST_TEST((!payload_copies_v<std::array<std::vector<owned>, 2>>));
  BOOST_TEST(!payload_copies_v<std::queue<owned>>);
}

BOOST_AUTO_TEST_CASE(a_program_can_say_it_of_a_class_of_its_own) {
  BOOST_TEST(!payload_copies_v<basket>);
  BOOST_TEST(!payload_copies_v<std::vector<basket>>);
  BOOST_TEST(!payload_type_of<basket>().copyable);
}

BOOST_AUTO_TEST_CASE(such_a_payload_is_moved_out_and_an_error_where_it_is_shared) {
  std::vector<owned> all;
  all.push_back(std::make_unique<int>(7));
  payload one(std::move(all));
  BOOST_TEST(!one.type()->copyable);
  {
    const payload other = one;
    BOOST_CHECK_EXCEPTION((void)one.take<std::vector<owned>>(), error,
                          [](const error& failed) { return failed.code() == "shared_payload"; });
  }
  BOOST_TEST(*one.take<std::vector<owned>>().front() == 7);
}

BOOST_AUTO_TEST_SUITE_END()
