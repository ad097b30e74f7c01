#include "tests/runtime/wire_complaints.hpp"

#include "model/base/error.hpp"
#include "runtime/wire/answer_fields.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace sluice {

std::string complaint(const std::function<void(const nlohmann::ordered_json&)>& read,
                      const std::string& text) {
  try {
    read(parse_answer(text));
  } catch (const error& failed) {
    BOOST_TEST(failed.code() == "bad_answer");
    return failed.what();
  }
  return "nothing";
}

} // namespace sluice
