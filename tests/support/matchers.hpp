#pragma once

#include "model/base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace sluice {

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

/// For BOOST_CHECK_EXCEPTION; what the error says stands in the log.
inline auto has_code(std::string code) {
  return [code = std::move(code)](const error& trouble) {
    BOOST_TEST_MESSAGE(trouble.code() << ": " << trouble.what());
    return trouble.code() == code;
  };
}

} // namespace sluice
