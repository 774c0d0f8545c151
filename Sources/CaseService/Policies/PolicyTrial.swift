public import SupportCases

extension PolicyLibrary {
  /// The rules of a policy file that is not published, with the calendars of this library and of other files
  /// (CK-17). A calendar of the same name and version as one of the library takes its place.
  ///
  /// - Parameters:
  ///   - policy: the file; its name may be any.
  ///   - calendars: calendar files of any names.
  /// - Throws: `PolicyFileError` for the first place that is refused.
  public func trial(of policy: File, calendars: [File]) throws(PolicyFileError) -> Rulebook {
    let root = try DataNode(file: policy.name, text: policy.text)
    let read = try PolicyReader.policy(root)
    return try trial(of: read, file: policy.name, calendars: calendars)
  }

  /// The rules of a policy with the calendars of other files in the place of its own (CK-17).
  public func trial(
    of policy: Policy, file: String? = nil, calendars: [File]
  ) throws(PolicyFileError) -> Rulebook {
    let library = try trying(calendars: calendars)
    for (place, name) in PolicyLoader.calendarNames(of: policy) where library.calendar(named: name) == nil {
      throw PolicyFileError(
        file: file ?? policy.name, place: place, "\(name) has no calendar file",
        accepted: "a calendar of the program, or one given with --calendar")
    }
    return library.rulebook(for: policy)
  }
}
