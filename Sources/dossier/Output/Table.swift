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
    /// True if it may be left out where there is no room for it.
    var isOptional = false

    init(_ title: String, least: Int? = nil, isNumber: Bool = false, isOptional: Bool = false) {
      self.title = title
      self.least = least
      self.isNumber = isNumber
      self.isOptional = isOptional
    }
  }

  var columns: [Column]
  var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The lines, with columns in which nothing stands left out.
  func lines(in look: Look) -> [String] {
    var table = self
    for index in columns.indices { table.moveOffset(toTitleOf: index) }
    return table.drawn(in: look)
  }

  private func drawn(in look: Look) -> [String] {
    var shown = columns.indices.filter { index in rows.isEmpty || rows.contains { !$0[index].text.isEmpty } }
    var widths = widths(of: shown, within: look.width)
    while let limit = look.width, widths.reduce(0, +) + 2 * (widths.count - 1) > limit,
      let place = shown.lastIndex(where: { columns[$0].isOptional })
    {
      shown.remove(at: place)
      widths = self.widths(of: shown, within: limit)
    }
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
      while line.utf8.last == UInt8(ascii: " ") { line.unicodeScalars.removeLast() }
      return line
    }
  }

  /// Where all times of a column have the same offset, it is said once.
  private mutating func moveOffset(toTitleOf index: Int) {
    let times = rows.map { $0[index].text }.filter { !$0.isEmpty }
    guard let offset = times.first.flatMap(Self.offset), times.allSatisfy({ Self.offset($0) == offset })
    else {
      return
    }
    columns[index].title += " " + offset
    for row in rows.indices where !rows[row][index].text.isEmpty {
      rows[row][index].text.removeLast(offset.count + 1)
    }
  }

  /// The offset at the end of `2026-09-21 10:30 +08:00`; nil for what is no time.
  private static func offset(_ text: String) -> String? {
    guard text.utf8.count <= 23 else { return nil }
    let words = text.split(separator: " ")
    guard words.count == 3, words[0].utf8.count == 10,
      words[0].utf8.first.map({ (0x30...0x39).contains($0) }) == true,
      words[1].contains(":"), let last = words.last, last == "UTC" || last.utf8.count == 6
    else { return nil }
    return String(last)
  }

  /// Each column's widest cell; where that is too much, the columns that may be cut give way, the widest first.
  private func widths(of shown: [Int], within limit: Int?) -> [Int] {
    var widths = shown.map { index in
      rows.reduce(displayWidth(columns[index].title)) { max($0, displayWidth($1[index].text)) }
    }
    guard let limit else { return widths }
    // What is wider than the terminal gives way first in any case.
    for place in widths.indices where columns[shown[place]].least != nil {
      widths[place] = min(widths[place], max(limit, columns[shown[place]].least ?? limit))
    }
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
