import{a as e,c as a}from"./chunk-SUONVRRN.js";import{$ as t,Ba as l,E as s,F as n,Ia as r,Ja as i,Ka as o,La as u,M as c,Na as d,Ra as h,Sa as v,Va as $,c as m,fa as p,h as g,ha as f,j as w,ka as y,oa as b,p as C,pa as I,q as T,qa as k,r as N,ra as D,t as M,ua as x,v as A,wa as S}from"./chunk-GETTYKH7.js";var Y=2e4;async function E({accountId:e,userId:a,teamId:t,start:l,end:n,signal:r,most:i=Y},o=s){let u=[],c="";do{let s={startTime:T(l),endTime:void 0===n?void 0:T(n)},i=await o.listStatusChanges({accountId:e,userId:a,teamId:t,...s,pageSize:1e3,pageToken:c},{signal:r});for(let e of i.changes)u.push({id:e.userId,name:e.displayName,team:e.teamId,revision:e.revision,from:e.previousStatus,to:e.status,cause:e.cause,actor:e.actor,reason:e.reason,at:C(e.effectiveTime)??0,expireAt:C(e.expireTime),then:e.then});c=i.nextPageToken}while(c&&u.length<i);return{changes:u.sort(V),isCapped:""!==c}}function V(e,a){return a.at-e.at||Number(a.revision-e.revision)}var R=class{constructor(e,a,t){this.wanted=e,this.calls=t,this.changes=[],this.from=e.end??a,this.until=e.end,this.isCut=!1,this.sliceMs=e.userId?Math.max(1,this.from-e.start):6e4}get isComplete(){return this.from<=this.wanted.start}forget(e){this.changes=this.changes.map(a=>function(e,a){let t=e.id===a;return t||e.actor===a?t?{...e,id:"",name:"",actor:"",reason:""}:{...e,actor:""}:e}(a,e))}async more(e,a){let t=this.changes.length;for(;!this.isComplete&&!a(this.changes)&&this.changes.length-t<Y;){let a=Math.max(this.wanted.start,this.from-this.sliceMs),t=this.from-a<=1,l=t?Y:4e3,s=await E({...this.wanted,start:a,end:this.until,signal:e,most:l},this.calls);!s.isCapped||t?(this.isCut||=s.isCapped,this.changes.push(...s.changes),this.from=this.until=a,s.changes.length<400&&(this.sliceMs*=8)):this.sliceMs=Math.max(1,Math.floor((this.from-a)/8))}}},F=["hour","today","yesterday","7","30","days"];function j(e,a,t,l){switch(e){case"hour":return{start:l-36e5,end:void 0};case"today":return{start:L(new Date(l),0),end:void 0};case"yesterday":return{start:L(new Date(l),-1),end:L(new Date(l),0)};case"days":{let[e,l]=[L(K(a),0),L(K(t||a),1)];return e<l?{start:e,end:l}:null}default:return{start:L(new Date(l),1-Number(e)),end:void 0}}}function K(e){let[a,t,l]=e.split("-").map(Number);return new Date(a,t-1,l)}function L(e,a){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+a).getTime()}var O=[["MANUAL",w.MANUAL],["INACTIVITY",w.INACTIVITY],["ACTIVITY",w.ACTIVITY],["EXPIRY",w.EXPIRY],["DISCONNECT",w.DISCONNECT]];function P(){let s=t().history,r=g(""),i=g("today"),o=g(function(e){let a=new Date(e),t=e=>String(e).padStart(2,"0");return`${a.getFullYear()}-${t(a.getMonth()+1)}-${t(a.getDate())}`}(Date.now())),u=g(o.value),d=g(0),w=g(0),C=g(0),T=g(null),D=g(0),A=g(""),Y=g(null),E=e=>!d.value||e.cause===d.value,V=async(e,a)=>{let t=e.changes.filter(E).length+500;Y.value=a,A.value="";try{await e.more(a.signal,e=>e.filter(E).length>=t),T.value=e}catch(e){if(v(e)||c(e))return;A.value=h(e)}Y.value===a&&(Y.value=null)},K=j(i.value,o.value,u.value,Date.now());m(()=>{let e=new AbortController,a=setTimeout(()=>{let a=Date.now(),t=j(i.value,o.value,u.value,a);T.value=null,D.value=a;let l={accountId:n.peek(),userId:q(r.value),teamId:M.value};t&&V(new R({...l,...t},a),e)},r.value?400:0);return()=>{clearTimeout(a),e.abort(),Y.value?.abort()}},[r.value,M.value,i.value,o.value,u.value,d.value,w.value]),m(()=>{let e=e=>{T.peek()?.forget(e),C.value++};return l.add(e),()=>{l.delete(e)}},[]),C.value;let L=T.value,P=L?.changes.filter(E)??[],X=x(r.value.trim()),B=X?[...S.all.values()].filter(e=>e.key.includes(X)).slice(0,20):[],G=!S.all.has(r.value.trim())&&U(r.value).length>1?s.sharedName:r.value?s.wholeName:s.kept;return N`<h1>${s.title}</h1>
<div class="tools">
<${$} all=${t().board.allTeams} isKept />
<label class="labelled"
>${s.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${s.anybody}
value=${r.value}
onInput=${e=>r.value=e.currentTarget.value}
/>
<datalist id="people">
${B.map(({id:e,name:a})=>N`<option key=${e} value=${e} label=${a?`${y(a)} (${y(e)})`:null}></option>`)}
</datalist>
</label>
<label class="labelled"
>${s.range}
<select onChange=${e=>i.value=e.currentTarget.value}>
${F.map(e=>N`<option value=${e} selected=${e===i.value}>${s.ranges[e]}</option>`)}
</select></label
>
${"days"===i.value&&[[s.firstDay,o],[s.lastDay,u]].map(([e,a])=>N`<label class="labelled" key=${e}
>${e}
<input type="date" value=${a.value} onChange=${e=>a.value=e.currentTarget.value}
/></label>`)}
<label class="labelled"
>${s.cause}
<select onChange=${e=>d.value=Number(e.currentTarget.value)}>
<option value="0">${s.anyCause}</option>
${O.map(([e,a])=>N`<option value=${a}>${t().cause.names[e]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>w.value++}>${s.refresh}</button>
${P.length>0&&N`<button type="button" onClick=${()=>a(`${n.value}.csv`,e(P))}>${s.download}</button>`}
<p class="hint end" role="status">
${L?`${s.shown(P.length)} · ${s.readAt(f(D.value))}`:t().common.loading}
${" "}· ${t().common.zone(p)}
</p>
</div>
${!K&&N`<${b} kind="warn">${s.noDays}<//>`}
${A.value&&N`<${b}
kind="error"
actions=${N`<button type="button" onClick=${()=>w.value++}>${t().common.retry}</button>`}
>${A.value}<//
>`}
${L?.isCut&&N`<${b} kind="warn">${s.cut}<//>`}
${L&&P.length>0&&N`<${z} changes=${P} top=${D.value} />`}
${L&&0===P.length&&N`<${I} title=${s.empty} hint=${G} />`}
${!L&&K&&!A.value&&N`<${k} />`}
${L&&!L.isComplete&&N`<p class="older">
<button type="button" disabled=${null!==Y.value} onClick=${()=>V(L,new AbortController)}>
${Y.value?t().common.loading:s.older}
</button>
<span class="hint">${s.readFrom(f(L.from))}</span>
</p>`}`}function U(e){let a=x(e.trim());return a?[...S.all.values()].filter(({name:e})=>e&&x(e)===a).map(({id:e})=>e):[]}function q(e){let a=e.trim(),t=S.all.has(a)?[]:U(a);return 1===t.length?t[0]:a}function z({changes:e,top:a}){let l=t().history,s=N`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${l.time}</div>
<div class="cell person" role="columnheader">${l.person}</div>
<div class="cell what" role="columnheader">${l.change}</div>
<div class="cell why" role="columnheader">${l.why}</div>
</div>
</div>`;return N`<${o}
count=${e.length}
row=${a=>{let t=e[a];return N`<div
class="row change"
role="row"
key=${String(t.revision)}
aria-rowindex=${a+2}
style=${{transform:`translateY(${a*i.value}px)`}}
>
<div class="cell time" role="gridcell"><${D} ms=${t.at} /></div>
<div class="cell person" role="rowheader">
${t.id?N`<a tabindex="-1" href=${A("person",t.id)}><${u} id=${t.id} name=${t.name} /></a>`:N`<${u} id="" />`}
</div>
<div class="cell what" role="gridcell"><${X} change=${t} /></div>
<div class="cell why" role="gridcell" title=${d(t)}>${d(t)}</div>
</div>`}}
head=${s}
label=${l.title}
top=${a}
/>`}function X({change:e}){let a=t().history;return N`<span class="from-to">
<span class="visually-hidden">${a.from}</span><${r} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${a.to}</span>
<${r} status=${e.to} />
</span>`}export{E as a,P as b,X as c};