#include "model/message/json_number.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::detail {

bool is_underflow(std::string_view number) {
  const auto exponent_at = number.find_first_of("eE");
  const auto mantissa = number.substr(0, exponent_at);
  double exponent = 0;
  if (exponent_at != std::string_view::npos) {
    auto digits = number.substr(exponent_at + 1);
    const bool negative = digits.front() == '-';
    if (!is_digit(digits.front()))
      digits.remove_prefix(1);
    for (const char digit : digits)
      exponent = exponent * 10 + (digit - '0');
    exponent = negative ? -exponent : exponent;
  }
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  const auto significant = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  return static_cast<double>(point) - static_cast<double>(significant) + exponent < 0;
}

bool is_canonical_double(std::string_view written, double value) noexcept {
  if (written.front() == '-')
    written.remove_prefix(1);
  const auto point = written.find('.');
  if (point == std::string_view::npos || written.size() > 16 ||
      written.find_first_of("eE") != std::string_view::npos)
    return false;
  const bool ends_well = written.back() != '0' || written.size() == point + 2;
  return ends_well && (value == 0 || std::abs(value) >= 1e-5);
}

} // namespace sluice::detail
