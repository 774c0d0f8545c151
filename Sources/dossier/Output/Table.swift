/// How a piece of text is shown on a terminal that has colours.
enum Style: String {
  case plain = ""
  case bold = "1"
  case dim = "2"
  case red = "31"
  case yellow = "33"
  case green = "32"

  func paint(_ text: String) -> String { self == .plain ? text : "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}

/// One cell of a table.
struct Cell {
  var text: String
  var style = Style.plain

  init(_ text: String?, _ style: Style = .plain) {
    self.text = escaped(text ?? "")
    self.style = style
  }
}

/// Rows under titles, as wide as the terminal allows.
struct Table {
  struct Column {
    var title: String
    /// The narrowest it may become; nil for a column that is never cut.
    var least: Int?
    var isNumber = false

    init(_ title: String, least: Int? = nil, isNumber: Bool = false) {
      self.title = title
      self.least = least
      self.isNumber = isNumber
    }
  }

  var columns: [Column]
  var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The lines, with columns in which nothing stands left out.
  func lines(in look: Look) -> [String] {
    let shown = columns.indices.filter { index in rows.isEmpty || rows.contains { !$0[index].text.isEmpty } }
    let widths = widths(of: shown, within: look.width)
    let titles = shown.map { Cell(columns[$0].title, .bold) }
    return ([titles] + rows.map { row in shown.map { row[$0] } }).map { cells in
      var line = ""
      for (place, cell) in cells.enumerated() {
        let isLast = place == cells.count - 1
        var text = truncated(cell.text, to: widths[place])
        let isNumber = columns[shown[place]].isNumber
        if !isLast || isNumber { text = padded(text, to: widths[place], rightAligned: isNumber) }
        line += look.paint(text, cell.style) + (isLast ? "" : "  ")
      }
      return line
    }
  }

  /// Each column's widest cell; where that is too much, the columns that may be cut give way, the widest first.
  private func widths(of shown: [Int], within limit: Int?) -> [Int] {
    var widths = shown.map { index in
      rows.reduce(displayWidth(columns[index].title)) { max($0, displayWidth($1[index].text)) }
    }
    guard let limit else { return widths }
    var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
    while excess > 0 {
      let candidates = widths.indices.filter { widths[$0] > columns[shown[$0]].least ?? .max }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
