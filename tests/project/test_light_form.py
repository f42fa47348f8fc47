from django import forms

from innovation_week.light_form import LightForm


class Choosing(LightForm):
    name = forms.CharField(widget=forms.TextInput(attrs={"class": "wide"}))
    region = forms.ChoiceField(choices=[("11", "Île-de-France"), ("53", "Bretagne")])
    when = forms.SplitDateTimeField()


def test_what_one_form_changes_stays_with_it():
    changed, other = Choosing(), Choosing()
    changed.fields["name"].required = False
    changed.fields["name"].widget.attrs["class"] = "narrow"
    changed.fields["name"].error_messages["required"] = "Nommez-vous."
    changed.fields["name"].validators.append(None)
    changed.fields["region"].choices = [("84", "Auvergne-Rhône-Alpes")]
    changed.fields["when"].widget.widgets[0].attrs["class"] = "narrow"
    del changed.fields["when"]

    for form in (other, Choosing()):
        name = form.fields["name"]
        assert (name.required, name.widget.attrs["class"]) == (True, "wide")
        assert "Nommez-vous." not in name.error_messages.values()
        assert None not in name.validators
        assert form.fields["region"].choices == form.fields["region"].widget.choices
        assert [key for key, _label in form.fields["region"].choices] == ["11", "53"]
        assert form.fields["when"].widget.widgets[0].attrs == {}


def test_it_is_read_like_any_other_form():
    form = Choosing({"name": "Camille", "region": "53", "when_0": "2018-11-19", "when_1": "10:00"})

    assert form.is_valid(), form.errors
    assert Choosing({"name": "Camille", "region": "99"}).errors.keys() == {"region", "when"}
